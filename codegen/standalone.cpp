#include "codegen/standalone.hpp"

#include <fmt/format.h>

namespace tenon::codegen {

std::vector<emitted_file> standalone_files(std::string_view version, bool cuda) {
  std::vector<emitted_file> files;
  for (const carried_file& f : carried_files()) {
    if (!cuda && f.path.find("cuda") != std::string_view::npos) continue;
    files.push_back(
        {std::string(f.path),
         fmt::format("// Part of tenon {}, Apache License 2.0; do not edit: emit again.\n{}",
                     version, f.text)});
  }
  return files;
}

}  // namespace tenon::codegen
