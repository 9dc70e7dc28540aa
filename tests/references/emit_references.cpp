// emit_references DIR: writes the emitted source of every reference network. Manifests are left
// out: all have one name.
#include <fmt/format.h>

#include <exception>
#include <vector>

#include "codegen/emit.hpp"
#include "tests/references/declarations.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: {} DIR\n", argv[0]);
    return 2;
  }
  try {
    for (const tenon::codegen::declaration& d : references::declarations()) {
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
