// The compiler of emitted CUDA units. Only builds for a GPU look for it.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "codegen/tool/compiler.hpp"

namespace tenon::tool {

struct nvcc {
  std::filesystem::path program;
  std::string version;             // "nvcc 13.0"
  std::vector<int> architectures;  // what it knows, ascending: 80 is compute capability 8.0
};

// asked (--nvcc), the environment's CUDACXX, nvcc of PATH, or that of CUDA_PATH or else of the
// place where the CUDA toolkit installs itself. Throws a failure that names these ways where there
// is none, and for one older than 12.0, which knows no C++20.
nvcc find_nvcc(const std::string& asked);

// From --cuda-arch ("80,90") to architectures, ascending; empty: those of 80 and 90 that it knows.
// Throws a failure that names the known ones.
std::vector<int> cuda_architectures(const nvcc& with, const std::string& list);

// nvcc as a compiler for a workshop: cxx compiles the host's part.
compiler cuda_compiler(const nvcc& with, const compiler& cxx);

// Of every emitted unit, but for its include directories. Machine code for each architecture, and
// PTX of the newest one, which the driver compiles for GPUs that came after it. Host options go
// through to the host's compiler.
std::vector<std::string> cuda_options(const std::vector<int>& architectures,
                                      const std::vector<std::string>& host);

// What a program with such a unit links.
std::vector<std::string> cuda_libraries(const nvcc& with);

}  // namespace tenon::tool
