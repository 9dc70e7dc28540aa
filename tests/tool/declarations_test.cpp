// Which networks a header's text declares, and what the user is told where the choice is not clear.
#include "codegen/tool/declarations.hpp"

#include <doctest/doctest.h>

#include <string>

#include "codegen/tool/failure.hpp"

namespace {

using tenon::tool::choose_network;
using tenon::tool::declaration;
using tenon::tool::failure;
using tenon::tool::find_networks;

std::string message(const std::vector<declaration>& found, std::string_view wanted) {
  try {
    return "chose " + choose_network(found, wanted, "net.hpp").qualified;
  } catch (const failure& error) {
    return error.what();
  }
}

TEST_CASE("a network is a final struct that derives from network, in any spelling") {
  CHECK(find_networks("struct lenet final : network<input<1, 28, 28> | relu> {};") ==
        std::vector<declaration>{{"lenet", "lenet"}});
  CHECK(find_networks("struct a final:public tenon::network<x>{};") ==
        std::vector<declaration>{{"a", "a"}});
  CHECK(find_networks("struct\n  b\n  final\n  : ::tenon::network\n <x> {};") ==
        std::vector<declaration>{{"b", "b"}});
}

TEST_CASE("other structs, templates and declarations are no networks") {
  CHECK(find_networks("struct lenet : network<x> {};").empty());
  CHECK(find_networks("struct network final {}; struct a final : other<x> {};").empty());
  CHECK(find_networks("template <int C> struct wide final : network<x> {};").empty());
  CHECK(find_networks("struct a final : tenon network<x> {};").empty());
  CHECK(find_networks("struct").empty());
}

TEST_CASE("what comments, literals and macros say does not count") {
  CHECK(find_networks("// struct a final : network<x> {};\n").empty());
  CHECK(find_networks("/* struct a final : network<x> {}; */").empty());
  CHECK(find_networks("auto s = \"\\\" struct a final : network<x> {};\";").empty());
  CHECK(find_networks("auto s = R\"x( struct a final : network<x> )\" )x\";").empty());
  CHECK(find_networks("#define A \\\n struct a final : network<x> {}\n").empty());
  CHECK(find_networks("static_assert(61'706 > 0); struct a final : network<x> {}; char c = '\\'';")
            .size() == 1);
  CHECK(find_networks("/* never closed").empty());
  CHECK(find_networks("auto s = R\"x( never closed").empty());
}

TEST_CASE("names are qualified by the namespaces around them, and by nothing else") {
  const std::string text = R"(
    namespace zoo::small { inline int f() { return 1; } struct a final : network<x> {}; }
    namespace { struct b final : network<x> {}; }
    namespace inner = zoo::small;
    struct c final : network<x> { struct d {}; };
    struct e final : network<x> {};)";
  CHECK(find_networks(text) ==
        std::vector<declaration>{{"zoo::small::a", "a"}, {"b", "b"}, {"c", "c"}, {"e", "e"}});
}

TEST_CASE("one network needs no choice, several need one") {
  const std::vector<declaration> one{{"zoo::a", "a"}}, two{{"zoo::a", "a"}, {"b", "b"}};
  CHECK(message(one, "") == "chose zoo::a");
  CHECK(message(two, "a") == "chose zoo::a");
  CHECK(message(two, "zoo::a") == "chose zoo::a");
  CHECK(message(two, "") ==
        "net.hpp: declares 2 networks (zoo::a, b); say which: --network zoo::a");
  CHECK(message(two, "c") ==
        "net.hpp: --network c fits none of its networks; it declares zoo::a, b");
  CHECK(message({{"x::a", "a"}, {"y::a", "a"}}, "a") ==
        "net.hpp: --network a fits several of its networks; it declares x::a, y::a");
  CHECK(message({}, "") ==
        "net.hpp: declares no network; write: struct my_network final : tenon::network<…> {};");
}

}  // namespace
