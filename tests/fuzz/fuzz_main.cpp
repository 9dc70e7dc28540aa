// One libFuzzer program per reader; READER is its name.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/readers.hpp"

namespace {

const tenon::test::file_reader& chosen() {
  for (const auto& reader : tenon::test::file_readers()) {
    if (reader.name == READER) return reader;
  }
  std::fputs("no reader is called " READER "\n", stderr);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const tenon::test::file_reader& reader = chosen();
  tenon::test::accepts(reader, std::as_bytes(std::span(data, size)));
  return 0;
}
