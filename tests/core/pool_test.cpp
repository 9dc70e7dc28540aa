// The pool: each index once, results visible, many rounds, several callers, more threads than
// cores. Also run under TSan.
#include "runtime/core/pool.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <numeric>
#include <thread>
#include <vector>

namespace {

struct counters {
  std::vector<int> calls;  // plain ints: the pool must make them visible to the caller
  static void add(void* context, std::size_t i) { ++static_cast<counters*>(context)->calls[i]; }
};

}  // namespace

TEST_CASE("each index is called once, for any number of threads") {
  for (const unsigned threads : {1U, 2U, 3U, 8U}) {
    tenon::pool pool(threads);
    CHECK(pool.threads() == threads);
    for (const std::size_t n : {0U, 1U, 2U, 3U, 7U, 8U, 64U, 1000U}) {
      counters c{std::vector<int>(n)};
      pool.run(n, counters::add, &c);
      CHECK(c.calls == std::vector<int>(n, 1));
    }
  }
}

TEST_CASE("rounds follow each other, with and without pauses that let the threads sleep") {
  tenon::pool pool(3);
  counters c{std::vector<int>(5)};
  for (int round = 0; round < 2000; ++round) pool.run(c.calls.size(), counters::add, &c);
  CHECK(c.calls == std::vector<int>(5, 2000));
  for (int round = 0; round < 20; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    pool.run(c.calls.size(), counters::add, &c);
  }
  CHECK(c.calls == std::vector<int>(5, 2020));
}

TEST_CASE("work really reaches another thread") {
  tenon::pool pool(2);
  // Each call waits for the other one: with a single thread this would never end.
  std::atomic<int> arrived{0};
  pool.run(
      2,
      [](void* context, std::size_t) {
        auto& count = *static_cast<std::atomic<int>*>(context);
        count.fetch_add(1);
        while (count.load() < 2) std::this_thread::yield();
      },
      &arrived);
  CHECK(arrived.load() == 2);
}

TEST_CASE("run() from within run() and from several threads at once stays correct") {
  tenon::pool pool(3);
  struct nest {
    tenon::pool* threads;
    std::atomic<int> calls{0};
    static void outer(void* context, std::size_t) {
      auto* self = static_cast<nest*>(context);
      self->threads->run(4, inner, self);
    }
    static void inner(void* context, std::size_t) {
      static_cast<nest*>(context)->calls.fetch_add(1);
    }
  } nested{&pool};
  pool.run(6, nest::outer, &nested);
  CHECK(nested.calls.load() == 24);

  std::vector<counters> of_caller(3, counters{std::vector<int>(50)});
  std::vector<std::thread> callers;
  for (counters& c : of_caller) {
    callers.emplace_back([&pool, &c] {
      for (int round = 0; round < 200; ++round) pool.run(c.calls.size(), counters::add, &c);
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (const counters& c : of_caller) CHECK(c.calls == std::vector<int>(50, 200));
}

TEST_CASE("a pool that never ran ends, and zero threads mean the caller alone") {
  for (int i = 0; i < 50; ++i) tenon::pool unused(4);
  tenon::pool none(0);
  CHECK(none.threads() == 1);
  counters c{std::vector<int>(3)};
  none.run(3, counters::add, &c);
  CHECK(c.calls == std::vector<int>(3, 1));
  CHECK(tenon::pool::available() >= 1);
}
