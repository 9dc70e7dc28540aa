// The arena beside what has to lie in it at one time, for the networks of the bench.
#include <doctest/doctest.h>

#include <algorithm>
#include <string_view>

#include "bench/peers/networks.hpp"
#include "codegen/lower.hpp"
#include "codegen/passes.hpp"
#include "codegen/passes/lifetimes.hpp"
#include "codegen/print/files.hpp"  // plan_of_serving

namespace {

using namespace tenon;
using namespace tenon::codegen;

// The most floats of a region that are alive within one kernel: no plan needs less.
std::size_t largest_live_set(const program& p, region r) {
  const std::vector<lifetime> lives = lifetimes_of(p);
  std::size_t largest = 0;
  for (int at = -1; at <= static_cast<int>(p.kernels.size()); ++at) {
    std::size_t alive = 0;
    for (std::size_t t = 0; t < p.tensors.size(); ++t) {
      if (p.storages[t].where == r && lives[t].first <= at && at <= lives[t].last)
        alive += p.layouts[t].floats;
    }
    largest = std::max(largest, alive);
  }
  return largest;
}

template <class Network>
void check_arena(std::string_view name) {
  CAPTURE(name);
  for (const mode m : {mode::eval, mode::train}) {
    CAPTURE(m == mode::train);
    program p = lower(declaration_of<Network>(name), m, 64);
    run_passes(p);
    for (const region r : {region::part, region::block}) {
      const auto least = static_cast<double>(largest_live_set(p, r));
      CHECK(static_cast<double>(p.floats(r)) >= least);
      CHECK(static_cast<double>(p.floats(r)) <= 1.1 * least);
    }
  }
}

TEST_CASE("memory: samples' tensors take at most 10 % more than the largest live set") {
  check_arena<peers::mnist1d_mlp>("mnist1d_mlp");
  check_arena<peers::mnist1d_cnn>("mnist1d_cnn");
  check_arena<peers::mlp>("mlp");
  check_arena<peers::lenet5>("lenet5");
  check_arena<peers::resnet20>("resnet20");
  check_arena<peers::separable>("separable");
  check_arena<peers::resnet18>("resnet18");
}

// Single samples and blocks take the arena in turns.
TEST_CASE("memory: the program for single samples needs no more than that for blocks") {
  const auto check = [](const declaration& d) {
    CAPTURE(d.name);
    program eval = lower(d, mode::eval, 64), single = lower_single(d);
    run_passes(eval), run_passes(single);
    CHECK(plan_of_serving(eval, single).arena == plan_of(eval).total);
  };
  check(declaration_of<peers::mlp>("mlp"));
  check(declaration_of<peers::lenet5>("lenet5"));
  check(declaration_of<peers::resnet20>("resnet20"));
  check(declaration_of<peers::separable>("separable"));
  check(declaration_of<peers::resnet18>("resnet18"));
}

}  // namespace
