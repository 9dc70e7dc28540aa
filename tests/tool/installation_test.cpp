// The file that says where headers and libraries lie, and what compilers list as prerequisites.
#include "codegen/tool/installation.hpp"

#include <doctest/doctest.h>

#include "codegen/tool/dependencies.hpp"
#include "codegen/tool/failure.hpp"
#include "codegen/tool/files.hpp"

namespace {

using namespace tenon::tool;
using names = std::vector<std::string>;

TEST_CASE(
    "relative paths count from the file that holds them, -l options and absolute paths stay") {
  const installation place = read_installation(
      "compiler c++\n"
      "include ../../include\n"
      "core-include /a b/include\n"
      "generator-library ../libtenon_codegen.a\n"
      "generator-library -lfmt\n"
      "option -fsanitize=address\n",
      "/p/lib/tenon");
  CHECK(place.compilers == names{"c++"});
  CHECK(place.includes.front() == "/p/include");
  CHECK(place.core.front() == "/a b/include");
  CHECK(place.generator_libraries == names{"/p/lib/libtenon_codegen.a", "-lfmt"});
  CHECK(place.executable_libraries.empty());
  CHECK(place.options == names{"-fsanitize=address"});
}

TEST_CASE("a line of another kind is our bug, not the user's") {
  try {
    read_installation("include a\nlibrary b\n", "/p");
    FAIL("accepted an unknown kind of line");
  } catch (const failure& error) {
    CHECK(std::string(error.what()).find("'library b'") != std::string::npos);
    CHECK(error.code() == our_bug);
  }
}

TEST_CASE("make's rules: continued lines, blanks in names") {
  CHECK(read_rule("object: a.cc \\\n  dir/b.hpp \\\n  with\\ blank.hpp cost$$.hpp\n") ==
        names{"a.cc", "dir/b.hpp", "with blank.hpp", "cost$.hpp"});
  CHECK(read_rule("").empty());
}

TEST_CASE("a fingerprint holds until a file changes or goes") {
  write_file("one.txt", "1");
  write_file("two.txt", "2");
  const std::string print = fingerprint({"one.txt", "two.txt"});
  CHECK(still_true(print));
  CHECK(write_file("two.txt", "3"));
  CHECK_FALSE(still_true(print));
  CHECK(write_file("two.txt", "2"));
  CHECK(still_true(print));
  std::filesystem::remove("one.txt");
  CHECK_FALSE(still_true(print));
  CHECK_FALSE(still_true("no blank in this line\n"));
}

TEST_CASE("a file is written only when its text changes") {
  CHECK(write_file("folder/file.txt", "text"));
  CHECK_FALSE(write_file("folder/file.txt", "text"));
  CHECK(read_file("folder/file.txt") == "text");
  std::filesystem::remove_all("folder");
}

}  // namespace
