// The cache: nothing is compiled twice, and nothing stale is used.
#include "codegen/tool/workshop.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

#include "codegen/tool/failure.hpp"
#include "codegen/tool/files.hpp"
#include "codegen/tool/process.hpp"

namespace {

namespace fs = std::filesystem;
using namespace tenon::tool;

struct fixture {
  fixture() {
    fs::remove_all("shop");
    write_file("shop/value.hpp", "#define VALUE 3\n");
    write_file("shop/main.cc", "#include \"value.hpp\"\nint main() { return VALUE; }\n");
  }

  int status() {
    const fs::path program = shop.program({shop.object({"shop/main.cc", {"-O0"}})}, {}, {});
    return run({fs::absolute(program).string()}).status;
  }

  std::mutex notes_mutex;  // objects are made by several threads
  std::vector<std::string> notes;
  workshop shop{find_compiler({}, {}), "shop/cache", [this](const std::string& line) {
                  const std::lock_guard lock(notes_mutex);
                  notes.push_back(line);
                }};
};

TEST_CASE_FIXTURE(fixture, "unchanged sources are compiled once") {
  CHECK(status() == 3);
  CHECK(status() == 3);
  CHECK(notes.size() == 1);
}

TEST_CASE_FIXTURE(fixture, "a changed include is noticed, and its return finds the old object") {
  CHECK(status() == 3);
  write_file("shop/value.hpp", "#define VALUE 4\n");
  CHECK(status() == 4);
  CHECK(notes.size() == 2);
  write_file("shop/value.hpp", "#define VALUE 3\n");
  CHECK(status() == 3);
}

TEST_CASE_FIXTURE(fixture, "other options give another object") {
  const auto plain = shop.object({"shop/main.cc", {"-O0"}});
  CHECK(plain != shop.object({"shop/main.cc", {"-O1"}}));
  CHECK(plain == shop.object({"shop/main.cc", {"-O0"}}));
}

TEST_CASE_FIXTURE(fixture, "several at a time come back in their order") {
  std::vector<unit> units;
  for (const char* name : {"a", "b", "c"}) {
    const std::string file = std::string("shop/") + name + ".cc";
    write_file(file, std::string("int ") + name + "() { return 0; }\n");
    units.push_back({file, {"-O0"}});
  }
  const auto objects = shop.objects(units);
  for (std::size_t i = 0; i < units.size(); ++i) CHECK(objects[i] == shop.object(units[i]));
}

TEST_CASE_FIXTURE(fixture, "a compiler's message comes along, and leaves nothing behind") {
  write_file("shop/main.cc", "int main() { return missing; }\n");
  try {
    status();
    FAIL("compiled nonsense");
  } catch (const failure& error) {
    CHECK(error.details().find("missing") != std::string::npos);
    CHECK(error.code() == bad_input);
  }
  for (const auto& file : fs::recursive_directory_iterator("shop/cache"))
    CHECK(file.is_directory());
}

TEST_CASE("a compiler that does not run is named") {
  setenv("CXX", "no-such-compiler", 1);
  CHECK_THROWS_WITH(find_compiler({}, {}), doctest::Contains("CXX=no-such-compiler does not run"));
  unsetenv("CXX");
}

TEST_CASE("where no compiler is found, those that were tried are listed") {
  installation place;
  place.compilers = {"my-c++"};
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nowhere", 1);
  CHECK_THROWS_WITH(
      find_compiler(place, {}),
      doctest::Contains("found no C++20 compiler (tried my-c++, g++, c++, clang++-19"));
  setenv("PATH", path.c_str(), 1);
}

TEST_CASE("the cache lies where the environment says, and only absolute paths count") {
  setenv("XDG_CACHE_HOME", "/somewhere", 1);
  CHECK(cache_folder() == "/somewhere/tenon");
  setenv("XDG_CACHE_HOME", "relative", 1);
  setenv("HOME", "/here", 1);
  CHECK(cache_folder() == "/here/.cache/tenon");
  unsetenv("HOME");
  CHECK_THROWS_AS(cache_folder(), failure);
}

}  // namespace
