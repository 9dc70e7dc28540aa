// What papers promise of sampling noise when serving, and of frozen blocks.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "codegen/passes.hpp"
#include "dsl/layers/all.hpp"
#include "tests/codegen/network_value.hpp"
#include "tests/codegen/values.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;
using codegen::program;
using codegen::scalar_state;

constexpr std::uint64_t seed = 31;

program training(const network_value& net) {
  program p = net.lowered(mode::train);
  codegen::differentiate_with_input(p);
  return p;
}

// The kernels that draw masks are taken out, so that the test can set the masks itself.
program without_draws(program p) {
  const auto drawn = [&](const codegen::kernel& k) { return p.of(k.out).name.ends_with(".mask"); };
  p.kernels.erase(std::remove_if(p.kernels.begin(), p.kernels.end(), drawn), p.kernels.end());
  return p;
}

// A run in which every mask holds `value`.
std::vector<double> outputs_with_masks(const program& p, std::size_t n, double value) {
  scalar_state s = random_state(p, n, seed);
  for (std::size_t t = 0; t < p.tensors.size(); ++t)
    if (p.tensors[t].name.ends_with(".mask"))
      std::fill(s.values[t].begin(), s.values[t].end(), value);
  run(p, s, n);
  return s.of(p.output);
}

std::string compared(const std::vector<double>& a, const std::vector<double>& b, double tolerance) {
  return difference({{"y", a}}, {{"y", b}}, tolerance);
}

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
  CHECK(compared(outputs_with_masks(sampled, 5, 1),
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

}  // namespace
