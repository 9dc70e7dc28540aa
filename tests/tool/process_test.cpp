// Programs and threads.
#include "codegen/tool/process.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>

namespace {

using tenon::tool::in_parallel;
using tenon::tool::run;

TEST_CASE("output of both kinds comes back, in order, with the status") {
  const auto result = run({"sh", "-c", "echo one; echo two >&2; exit 3"});
  CHECK(result.status == 3);
  CHECK(result.output == "one\ntwo\n");
}

TEST_CASE("words reach the program as they are") {
  CHECK(run({"printf", "%s|", "a b", "$HOME", "'"}).output == "a b|$HOME|'|");
}

TEST_CASE("a signal and a missing program are told apart from a status") {
  CHECK(run({"sh", "-c", "kill -9 $$"}).status == 128 + 9);
  CHECK(run({"no-such-program-anywhere"}).status == 127);
}

TEST_CASE("a program starts in the folder asked for") { CHECK(run({"pwd"}, "/").output == "/\n"); }

TEST_CASE("each task runs once, and the first exception arrives after all of them") {
  for (const std::size_t count : {0U, 1U, 2U, 97U}) {
    std::atomic<std::size_t> sum{0};
    in_parallel(count, [&](std::size_t i) { sum += i + 1; });
    CHECK(sum == count * (count + 1) / 2);
  }
  std::atomic<int> done{0};
  CHECK_THROWS_AS(in_parallel(5,
                              [&](std::size_t i) {
                                ++done;
                                if (i == 2) throw std::runtime_error("third");
                              }),
                  std::runtime_error);
  CHECK(done == 5);
}

}  // namespace
