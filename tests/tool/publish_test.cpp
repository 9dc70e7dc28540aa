// What `tenon emit` leaves in the user's folder.
#include <doctest/doctest.h>

#include <string>

#include "codegen/tool/build.hpp"
#include "codegen/tool/files.hpp"

namespace {

namespace fs = std::filesystem;
using namespace tenon::tool;

TEST_CASE("publishing writes what differs, and takes away what is emitted no more") {
  fs::remove_all("published");
  write_file("published/first/net_eval.cc", "1");
  write_file("published/first/net_eval_mc.cc", "2");
  write_file("published/first/manifest.json",
             R"({"network": "net", "files": ["net_eval.cc", "net_eval_mc.cc"]})");
  write_file("published/second/net_eval.cc", "1");
  write_file("published/second/manifest.json", R"({"network": "net", "files": ["net_eval.cc"]})");
  CHECK(publish("published/first", "published/to") == 3);
  write_file("published/to/net_mine.cc", "somebody's own");
  CHECK(publish("published/second", "published/to") == 1);
  CHECK_FALSE(fs::exists("published/to/net_eval_mc.cc"));
  CHECK(fs::exists("published/to/net_eval.cc"));
  CHECK(fs::exists("published/to/net_mine.cc"));
  CHECK(publish("published/second", "published/to") == 0);
}

}  // namespace
