// Where the headers and libraries lie with which the command compiles: beside it in a build tree,
// or under its prefix when installed. Both places hold one text file, `tenon.paths`, of lines `kind
// value`; relative paths count from that file.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::tool {

struct installation {
  std::vector<std::string> compilers;  // the ones to try first, in order
  std::vector<std::string>
      options;  // for every compilation and link: what this build was made with
  std::vector<std::filesystem::path> includes;  // for generators
  std::vector<std::filesystem::path>
      core;  // include directories for emitted source: runtime and Highway alone
  std::vector<std::string> generator_libraries;  // files or -l options, in order of linking
  std::vector<std::string> executable_libraries;
  std::filesystem::path templates;  // of `tenon new`
};

// `folder` is what relative paths count from. Throws a failure that names the line which it does
// not understand.
installation read_installation(std::string_view text, const std::filesystem::path& folder);

// Of the running program. Throws a failure where nothing is found beside it.
installation find_installation();

}  // namespace tenon::tool
