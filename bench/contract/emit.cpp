// emit_contract DIR: writes the emitted source of every network of the benchmark.
#include "codegen/emit.hpp"

#include <fmt/format.h>

#include <exception>
#include <vector>

#include "bench/contract/cases.hpp"
#include "bench/contract/networks.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: {} DIR\n", argv[0]);
    return 2;
  }
#define DECLARED(NETWORK, LAYER, SHAPE) tenon::codegen::declaration_of<contract::NETWORK>(#NETWORK),
  const tenon::codegen::declaration all[] = {TENON_CONTRACT_CASES(DECLARED)};
#undef DECLARED
  try {
    for (const tenon::codegen::declaration& d : all) {
      auto files = tenon::codegen::emit(d, {.batch = 64, .source = "networks.hpp", .off = {}});
      std::erase_if(files, [](const auto& f) { return f.path == "manifest.json"; });
      tenon::codegen::write_files(files, argv[1]);
    }
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}: {}\n", argv[0], e.what());
    return 1;
  }
  return 0;
}
