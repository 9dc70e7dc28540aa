// --device cuda: which nvcc, for which GPUs, with which options.
#include "codegen/tool/nvcc.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "codegen/tool/failure.hpp"

namespace {

namespace fs = std::filesystem;
using namespace tenon::tool;
using words = std::vector<std::string>;

const nvcc known{"nvcc", "nvcc 13.0", {75, 80, 90, 120}};

// A program that answers as nvcc does.
std::string script(const std::string& name, const std::string& release) {
  const fs::path file = fs::absolute(name);
  std::ofstream(file) << "#!/bin/sh\nif [ $1 = --version ]; then\n"
                         "  echo 'Cuda compilation tools, release "
                      << release << ", V" << release
                      << ".1'\nelse\n  printf 'compute_90\\ncompute_80\\n'\nfi\n";
  fs::permissions(file, fs::perms::owner_all);
  return file.string();
}

// The environment is as before afterwards.
class changed {
 public:
  changed(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) before_ = old;
    setenv(name, value.c_str(), 1);
  }
  ~changed() { before_.empty() ? unsetenv(name_) : setenv(name_, before_.c_str(), 1); }
  changed(const changed&) = delete;
  changed& operator=(const changed&) = delete;

 private:
  const char* name_;
  std::string before_;
};

bool holds_pair(const words& all, const std::string& first, const std::string& second) {
  for (auto i = all.begin(); i != all.end(); ++i)
    if (*i == first && i + 1 != all.end() && *(i + 1) == second) return true;
  return false;
}

TEST_CASE("an nvcc says its version and what it compiles for") {
  const nvcc found = find_nvcc(script("nvcc-13", "13.0"));
  CHECK(found.version == "nvcc 13.0");
  CHECK(found.architectures == std::vector<int>{80, 90});
  const changed set("CUDACXX", script("nvcc-12", "12.4"));
  CHECK(find_nvcc("").version == "nvcc 12.4");
  CHECK(find_nvcc(script("nvcc-13", "13.0")).version == "nvcc 13.0");  // --nvcc goes first
}

TEST_CASE("one that is missing or too old is refused, with what to do") {
  const changed unset("CUDACXX", ""), nowhere("CUDA_PATH", fs::absolute("nowhere").string()),
      no_path("PATH", fs::absolute("nowhere").string());
  CHECK_THROWS_WITH_AS(find_nvcc(""),
                       doctest::Contains("found no nvcc (tried nvcc, ") /* the toolkit's place */,
                       failure);
  CHECK_THROWS_WITH_AS(find_nvcc(""), doctest::Contains("--nvcc or CUDACXX"), failure);
  CHECK_THROWS_WITH_AS(find_nvcc("no/such/nvcc"),
                       doctest::Contains("--nvcc no/such/nvcc: does not run as nvcc here"),
                       failure);
  CHECK_THROWS_WITH_AS(find_nvcc(script("nvcc-11", "11.8")),
                       doctest::Contains("is of CUDA 11.8; Tenon needs 12.0 or newer"), failure);
}

TEST_CASE("architectures: the usual ones that it knows, or those asked for, in order and once") {
  CHECK(cuda_architectures(known, "") == std::vector<int>{80, 90});
  CHECK(cuda_architectures({"nvcc", "nvcc 99.0", {120, 130}}, "") == std::vector<int>{130});
  CHECK(cuda_architectures(known, "90,75,90") == std::vector<int>{75, 90});
  for (const char* wrong : {"70", "sm_80", ",80", "80 90", "8.0"}) {
    CHECK_THROWS_WITH_AS(cuda_architectures(known, wrong),
                         doctest::Contains("give a list of: 75, 80, 90, 120"), failure);
  }
}

TEST_CASE("machine code for each architecture, PTX of the newest one, no contraction") {
  const words options = cuda_options({80, 90}, {"-fsanitize=address"});
  CHECK(holds_pair(options, "-gencode", "arch=compute_80,code=sm_80"));
  CHECK(holds_pair(options, "-gencode", "arch=compute_90,code=sm_90"));
  CHECK(holds_pair(options, "-gencode", "arch=compute_90,code=compute_90"));
  CHECK(!holds_pair(options, "-gencode", "arch=compute_80,code=compute_80"));
  CHECK(holds_pair(options, "-Xcompiler", "-fsanitize=address"));
  CHECK(std::ranges::count(options, "-fmad=false") == 1);
}

TEST_CASE("the host's part is compiled by the C++ compiler, with its own options") {
  const compiler cxx{{"g++-12", "-m64"}, false, "GCC 12.2.0", "#define __GNUC__ 12\n"};
  const compiler both = cuda_compiler(known, cxx);
  CHECK(both.words == words{"nvcc", "-ccbin", "g++-12", "-Xcompiler", "-m64"});
  CHECK(both.macros.find("nvcc 13.0") != std::string::npos);  // another nvcc, another object
}

}  // namespace
