// The C++ compiler that turns emitted source into programs.
#pragma once
#include <string>
#include <vector>

#include "codegen/tool/installation.hpp"

namespace tenon::tool {

struct compiler {
  std::vector<std::string> words;  // the command, with options where CXX holds some
  bool is_clang = false;
  std::string version;  // "GCC 12.2.0"
  std::string macros;  // all predefined ones under given options: what is compiled for, and by whom

  std::string stop_at_first_error() const {
    return is_clang ? "-ferror-limit=1" : "-fmax-errors=1";
  }
};

// Options that make emitted source faster without changing a bit of its results. GCC tunes for AMD
// and for unknown processors by reading memory again in each FMA that shares a value: where a
// kernel needs two loads for every three of them, that costs a quarter. Its model of Ice Lake keeps
// values in registers.
std::vector<std::string> tuning_options(const compiler& cxx);

// The environment's CXX, or the first that runs of: the installation's, g++, c++, clang++ (19, 18,
// plain). Throws a failure where there is none, or where the one chosen is older than GCC 12 or
// Clang 18.
compiler find_compiler(const installation& place, const std::vector<std::string>& isa_options);

}  // namespace tenon::tool
