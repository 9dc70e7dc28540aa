// Where long lines of emitted code are cut.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "codegen/print/break_line.hpp"
#include "codegen/print/writer.hpp"
#include "codegen/program.hpp"

using tenon::codegen::break_comment;
using tenon::codegen::break_line;
using tenon::codegen::writer;
using lines = std::vector<std::string>;

TEST_CASE("a line that fits stays as it is") {
  CHECK(break_line("a = b + c;", 10) == lines{"a = b + c;"});
  CHECK(break_line("", 10) == lines{""});
}

TEST_CASE("cuts follow commas at the least nesting") {
  CHECK(break_line("  call(alpha, beta(gamma, delta), epsilon);", 36) ==
        lines{"  call(alpha, beta(gamma, delta),", "      epsilon);"});
}

TEST_CASE("a value goes to a line of its own where it fits there") {
  CHECK(break_line("const V x0 = hn::Load(d, x + 100000 + b);", 36) ==
        lines{"const V x0 =", "    hn::Load(d, x + 100000 + b);"});
}

TEST_CASE("a choice begins its line") {
  CHECK(break_line("const float y = condition_that_is_long ? first : second;", 40) ==
        lines{"const float y = condition_that_is_long", "    ? first : second;"});
}

TEST_CASE("text in quotes, preprocessor lines and words are never cut") {
  CHECK(break_line("name = \"a, b, c, d, e, f, g, h\";", 12) ==
        lines{"name =", "    \"a, b, c, d, e, f, g, h\";"});
  CHECK(break_line("#include <a very long name>", 12) == lines{"#include <a very long name>"});
  CHECK(break_line("averylongwordwithoutspaces;", 12) == lines{"averylongwordwithoutspaces;"});
}

TEST_CASE("a comment at the end of a long line comes to stand in front") {
  CHECK(break_line("  int count = 1;  // how many there are", 24) ==
        lines{"  // how many there are", "  int count = 1;"});
  CHECK(break_line("  // a comment alone is wrapped", 20) ==
        lines{"  // a comment alone", "  // is wrapped"});
  CHECK(break_comment("what follows is indented", "  ", 16) ==
        lines{"// what follows", "//   is indented"});
}

TEST_CASE("templates read as what they print, and know each name") {
  writer w;
  w.text(R"(
struct ${name} {
  int size = ${size};
};
)",
         {{"name", "tile"}, {"size", "4"}});
  CHECK(w.text() == "struct tile {\n  int size = 4;\n};\n");
  CHECK_THROWS_AS(w.text("\n${other}", {{"name", "tile"}}), tenon::codegen::internal_bug);
}
