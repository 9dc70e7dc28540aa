// --isa as compiler options.
#include "codegen/tool/isa.hpp"

#include <doctest/doctest.h>

#include "codegen/tool/compiler.hpp"
#include "codegen/tool/failure.hpp"

namespace {

using tenon::tool::isa_options;
using words = std::vector<std::string>;

TEST_CASE("native and baseline are one static target, dynamic leaves all of them") {
  CHECK(isa_options("native") == words{"-march=native", "-DHWY_COMPILE_ONLY_STATIC"});
  CHECK(isa_options("baseline") == words{"-DHWY_COMPILE_ONLY_STATIC"});
  CHECK(isa_options("dynamic").empty());
}

TEST_CASE("GCC on x86-64 is told how to tune, unless CXX says so; others are not") {
  using tenon::tool::compiler;
  using tenon::tool::tuning_options;
  const std::string x86 = "#define __x86_64__ 1\n";
  const auto by = [](words command, bool clang, const std::string& macros) {
    return tuning_options({std::move(command), clang, "", macros});
  };
  CHECK(by({"g++"}, false, x86) == words{"-mtune=icelake-server"});
  CHECK(by({"g++", "-mtune=znver3"}, false, x86).empty());
  CHECK(by({"clang++"}, true, x86).empty());
  CHECK(by({"g++"}, false, "#define __aarch64__ 1\n").empty());
}

TEST_CASE("a list leaves its targets and the baseline") {
  CHECK(isa_options("avx2,avx3") ==
        words{"-DHWY_DISABLED_TARGETS=(~(HWY_EMU128|HWY_SCALAR|HWY_AVX2|HWY_AVX3))"});
  CHECK(isa_options("avx3_dl").back() == "-DHWY_WANT_AVX3_DL");
}

TEST_CASE("an unknown target is named, with those that exist") {
  for (const char* wrong : {"avx4", "avx2,", ",avx2", "avx2 avx3", ""}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(isa_options(wrong), tenon::tool::failure);
  }
  CHECK_THROWS_WITH(
      isa_options("avx4"),
      doctest::Contains("no target 'avx4'; use native, dynamic, baseline, or a list of: ssse3"));
}

}  // namespace
