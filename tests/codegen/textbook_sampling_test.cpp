// What papers promise of sampling noise when serving, and of frozen blocks.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/codegen/textbook.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;
using codegen::program;
using codegen::scalar_state;

constexpr std::uint64_t seed = 31;

// ---- eval_mc

network_value noisy() {
  return as_network("noisy", input<6> | linear<8> | batch_norm | relu | dropout<drop(0.4)> |
                                 stochastic_depth<drop(0.2)>(linear<8> | batch_norm) | linear<3> |
                                 softmax_cross_entropy);
}

TEST_CASE("sampling without noise is evaluation: norms use their running statistics") {
  const program sampled = without_draws(noisy().lowered(mode::eval_mc)),
                served = noisy().lowered(mode::eval);
  CHECK(sampled.loss < 0);
  CHECK(compared(outputs_with_masks(sampled, 5, 1, seed),
                 run_on_random_values(served, 5, seed).of(served.output), 1e-14) == "");
}

TEST_CASE("draws repeat, differ, and their mean comes to evaluation where all behind is linear") {
  const network_value net =
      as_network("linear", input<5> | dropout<drop(0.3)> | linear<4> | spatial_dropout<drop(0.2)> |
                               linear<2> | mean_squared_error);
  const program p = net.lowered(mode::eval_mc), served = net.lowered(mode::eval);
  const auto draw = [&](std::uint64_t number) {
    scalar_state s = random_state(p, 1, seed);
    codegen::run_scalar(p, s, 1, mask_seed, number);
    return s.of(p.output);
  };
  CHECK(draw(3) == draw(3));
  CHECK(draw(3) != draw(4));
  constexpr int draws = 2000;
  std::vector<double> mean(2), square(2);
  for (std::uint64_t k = 0; k < draws; ++k) {
    const std::vector<double> y = draw(k);
    for (std::size_t i = 0; i < 2; ++i) mean[i] += y[i] / draws, square[i] += y[i] * y[i] / draws;
  }
  const std::vector<double> exact = run_on_random_values(served, 1, seed).of(served.output);
  for (std::size_t i = 0; i < 2; ++i) {
    const double deviation = std::sqrt(square[i] - mean[i] * mean[i]);
    CHECK(deviation > 0.01);
    CHECK(std::fabs(mean[i] - exact[i]) <= 4 * deviation / std::sqrt(draws));
  }
}

// ---- freeze

TEST_CASE("a frozen block gets no gradients and keeps its statistics; others get the same ones") {
  const auto net = [](auto middle) {
    return as_network("net", input<5> | linear<4> | middle | linear<2> | mean_squared_error);
  };
  const auto block = linear<6> | tanh_;
  const program trained = training(net(block)), frozen = training(net(freeze(block)));
  const scalar_state from = random_state(trained, 4, seed);
  scalar_state to = random_state(frozen, 4, seed);
  for (const codegen::tensor& t : trained.tensors)
    if (t.what == codegen::role::parameter)
      values_of(frozen, to, t.name) = from.of(tensor_named(trained, t.name));
  run(frozen, to, 4);
  const results all = results_of(trained, run_on_random_values(trained, 4, seed)),
                some = results_of(frozen, to);
  for (const char* name : {"linear_1.weight gradient", "linear_3.bias gradient", "input gradient"})
    CHECK(compared(all.at(name), some.at(name), 1e-14) == "");
  CHECK(all.contains("linear_2.weight gradient"));
  CHECK_FALSE(some.contains("linear_2.weight gradient"));

  const program norm = training(net(freeze(linear<6> | batch_norm)));
  const scalar_state s = run_on_random_values(norm, 4, seed), before = random_state(norm, 4, seed);
  for (const char* name : {"batch_norm_1.running_mean", "batch_norm_1.running_var",
                           "batch_norm_1.weight", "linear_2.weight"})
    CHECK(s.of(tensor_named(norm, name)) == before.of(tensor_named(norm, name)));
  for (const codegen::kernel& k : norm.kernels) {
    CAPTURE(k.name);
    CHECK(k.name.find("linear_2_weight_gradient") == std::string::npos);
    CHECK(k.name.find("running") == std::string::npos);
  }
}

TEST_CASE("a norm across the border of a frozen block is frozen by its own side, folded or not") {
  const auto trained_in = [](const program& p) {
    std::set<std::string> names;
    for (const codegen::tensor& t : p.tensors)
      if (t.what == codegen::role::parameter) names.insert(t.name);
    return names;
  };
  const auto check = [&](auto list, const char* parameter, bool is_trained) {
    const network_value net = as_network("net", list);
    CAPTURE(net.spelled());
    const program served = net.lowered(mode::eval);
    REQUIRE(std::ranges::count(served.notes, "batch_norm_1 folded into linear_1") == 1);
    CHECK(trained_in(served) == trained_in(net.lowered(mode::train)));
    CHECK(trained_in(served).contains(parameter) == is_trained);
  };
  check(input<5> | freeze(linear<4>) | batch_norm | linear<2> | mean_squared_error,
        "batch_norm_1.weight", true);
  check(input<5> | linear<4> | freeze(batch_norm | tanh_) | linear<2> | mean_squared_error,
        "batch_norm_1.weight", false);
}

}  // namespace
