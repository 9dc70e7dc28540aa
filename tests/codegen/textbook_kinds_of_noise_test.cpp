// What papers promise of noise beyond dropout: on whole channels, Gaussian, on weights, on whole
// blocks.
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

TEST_CASE("spatial dropout drops whole channels, in the gradient too, and keeps at its rate") {
  constexpr int channels = 20, places = 6;
  constexpr std::size_t n = 50;
  const program p = training(as_network(
      "channels", input<channels, places> | spatial_dropout<keep(0.8)> | mean_squared_error));
  scalar_state s = random_state(p, n, seed);
  std::fill(s.of(p.input).begin(), s.of(p.input).end(), 1);
  run(p, s, n);
  const std::vector<double>& y = s.of(p.output);
  const std::vector<double> d_x = results_of(p, s).at("input gradient");
  double kept = 0;
  for (std::size_t c = 0; c < n * channels; ++c) {
    const double first = y[c * places];
    CHECK((first == 0 || first == 1 / 0.8));
    kept += first != 0;
    for (std::size_t i = c * places; i < (c + 1) * places; ++i) {
      CHECK(y[i] == first);
      CHECK((d_x[i] == 0) == (first == 0));
    }
  }
  const double count = static_cast<double>(n * channels);
  CHECK(std::fabs(kept / count - 0.8) <= 4 * std::sqrt(0.8 * 0.2 / count));
}

TEST_CASE("the mean over all masks of channels is what evaluation computes") {
  const network_value net =
      as_network("masks", input<5, 4> | spatial_dropout<drop(0.3)> | conv1d<3, 3>(same) | flatten |
                              linear<2> | mean_squared_error);
  const program p = without_draws(net.lowered(mode::train)), served = net.lowered(mode::eval);
  std::vector<double> mean;
  for (unsigned bits = 0; bits < 32; ++bits) {
    scalar_state s = random_state(p, 1, seed);
    double probability = 1;
    std::vector<double>& mask = values_of(p, s, "spatial_dropout_1.mask");
    REQUIRE(mask.size() == 5);
    for (std::size_t c = 0; c < 5; ++c) {
      const bool kept = (bits >> c & 1) != 0;
      mask[c] = kept ? 1 / 0.7 : 0;
      probability *= kept ? 0.7 : 0.3;
    }
    run(p, s, 1);
    mean.resize(s.of(p.output).size());
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += probability * s.of(p.output)[i];
  }
  CHECK(compared(run_on_random_values(served, 1, seed).of(served.output), mean, 1e-14) == "");
}

// P(Z <= z) of a standard normal Z.
double normal_distribution(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

TEST_CASE("gaussian noise is the normal quantile of its uniform number, and so standard normal") {
  constexpr std::size_t elements = 100, n = 200;
  const network_value net =
      as_network("gauss", input<elements> | gaussian_noise<1.0> | mean_squared_error);
  const program p = training(net);
  scalar_state s = random_state(p, n, seed);
  std::fill(s.of(p.input).begin(), s.of(p.input).end(), 0);
  codegen::run_scalar(p, s, n, mask_seed, mask_step);
  std::vector<double> z = s.of(p.output);
  double mean = 0, square = 0, worst = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const double u = drawn_uniform(mask_seed, 1, mask_step, i / elements, i % elements);
    // |dz| = |dP| / density.
    const double density = std::exp(-z[i] * z[i] / 2) / std::sqrt(2 * std::acos(-1.0));
    worst = std::max(worst, std::fabs(normal_distribution(z[i]) - (u + 0x1p-25)) / density);
    mean += z[i], square += z[i] * z[i];
  }
  CHECK(worst < 2e-6);
  const double count = static_cast<double>(z.size());
  CHECK(std::fabs(mean / count) <= 4 / std::sqrt(count));
  CHECK(std::fabs(square / count - 1) <= 4 * std::sqrt(2 / count));
  // Kolmogorov and Smirnov: larger than 1.95 / sqrt(n) once in a thousand samples.
  std::sort(z.begin(), z.end());
  double distance = 0;
  for (std::size_t i = 0; i < z.size(); ++i)
    distance = std::max(
        distance, std::fabs(normal_distribution(z[i]) - (static_cast<double>(i) + 0.5) / count));
  CHECK(distance <= 1.95 / std::sqrt(count));
  // Its gradient is the one behind it.
  const auto two = results_of(p, s).at("input gradient");
  for (std::size_t i = 0; i < two.size(); ++i)
    CHECK(std::fabs(two[i] - 2 * (s.of(p.output)[i] - s.of(p.target)[i]) / count) <= 1e-18);
}

// ---- stochastic depth

TEST_CASE("stochastic depth: identity or block / q, whose mean is what evaluation computes") {
  const network_value net = as_network(
      "depth", input<4> | stochastic_depth<drop(0.3)>(linear<4> | tanh_) | mean_squared_error);
  const program p = without_draws(net.lowered(mode::train)), served = net.lowered(mode::eval);
  const std::vector<double> without = outputs_with_masks(p, 3, 0, seed),
                            with = outputs_with_masks(p, 3, 1 / 0.7, seed);
  const scalar_state s = random_state(p, 3, seed);
  CHECK(without == s.of(p.input));
  std::vector<double> mean(with.size());
  for (std::size_t i = 0; i < mean.size(); ++i) mean[i] = 0.3 * without[i] + 0.7 * with[i];
  // So it is, too, where training does not divide and evaluation multiplies by q instead.
  CHECK(compared(run_on_random_values(served, 3, seed).of(served.output), mean, 1e-15) == "");
}

TEST_CASE("stochastic depth decides per sample or per batch, and drops less in the first blocks") {
  const auto masks = [](const network_value& net, const std::string& layer) {
    const program p = net.lowered(mode::train);
    scalar_state s = random_state(p, 400, seed);
    codegen::run_scalar(p, s, 400, mask_seed, mask_step);
    return values_of(p, s, layer + ".mask");
  };
  const auto block = conv1d<2, 1>;
  const network_value net = as_network(
      "decay", input<2, 3> | stochastic_depth<drop(0.6)>(block, linear_decay) |
                   stochastic_depth<drop(0.6)>(block, linear_decay, per_sample) |
                   stochastic_depth<drop(0.6)>(block, linear_decay) | mean_squared_error);
  for (int l = 1; l <= 3; ++l) {
    const double keep = 1 - 0.6 * l / 3;
    const std::vector<double> mask = masks(net, "stochastic_depth_" + std::to_string(l));
    REQUIRE(mask.size() == 400);
    double kept = 0;
    for (double m : mask) {
      CHECK((m == 0 || m == 1 / keep));
      kept += m != 0;
    }
    CHECK(std::fabs(kept / 400 - keep) <= 4 * std::sqrt(keep * (1 - keep) / 400));
  }
  const network_value whole = as_network(
      "whole", input<2, 3> | stochastic_depth<drop(0.5)>(block, per_batch) | mean_squared_error);
  CHECK(masks(whole, "stochastic_depth_1").size() == 1);
  const program p = whole.lowered(mode::train);
  std::set<double> seen;
  for (std::uint64_t step = 0; step < 20; ++step) {
    scalar_state s = random_state(p, 2, seed);
    codegen::run_scalar(p, s, 2, mask_seed, step);
    seen.insert(values_of(p, s, "stochastic_depth_1.mask")[0]);
  }
  CHECK(seen == std::set<double>{0, 2});
}

// ---- DropConnect

TEST_CASE(
    "dropped connections: one mask for all samples, in the gradient too; the mean is evaluation") {
  constexpr std::size_t n = 3, weights = 8;
  const network_value net = as_network(
      "connections", input<4> | linear<2>(drop_connect<drop(0.25)>) | mean_squared_error);
  const program p = training(net), served = net.lowered(mode::eval);
  const scalar_state drawn = run_on_random_values(p, n, seed);
  const std::vector<double>&mask = drawn.of(tensor_named(p, "linear_1.weight_mask")),
        d_w = results_of(p, drawn).at("linear_1.weight gradient");
  REQUIRE(mask.size() == weights);
  for (std::size_t i = 0; i < weights; ++i) {
    CHECK((mask[i] == 0 || mask[i] == 1 / 0.75));
    CHECK((d_w[i] == 0) == (mask[i] == 0));
  }
  const results left = results_of(p, drawn);
  for (const double d : left.at("input gradient")) CHECK(d != 0);

  program given = net.lowered(mode::train);
  std::erase_if(given.kernels, [&](const codegen::kernel& k) {
    return given.of(k.out).name.ends_with("weight_mask");
  });
  std::vector<double> mean;
  for (unsigned bits = 0; bits < 1U << weights; ++bits) {
    scalar_state s = random_state(given, n, seed);
    double probability = 1;
    std::vector<double>& m = values_of(given, s, "linear_1.weight_mask");
    for (std::size_t i = 0; i < weights; ++i) {
      const bool kept = (bits >> i & 1) != 0;
      m[i] = kept ? 1 / 0.75 : 0;
      probability *= kept ? 0.75 : 0.25;
    }
    run(given, s, n);
    mean.resize(s.of(given.output).size());
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += probability * s.of(given.output)[i];
  }
  CHECK(compared(run_on_random_values(served, n, seed).of(served.output), mean, 1e-14) == "");
}

TEST_CASE("noise on weights: normal, one draw for all samples of a step, no gradient of its own") {
  constexpr int outputs = 60, inputs = 50;
  const program p = training(as_network(
      "noise", input<inputs> | linear<outputs>(no_bias, weight_noise<0.5>) | mean_squared_error));
  const scalar_state s = run_on_random_values(p, 2, seed);
  const std::vector<double>&noisy = s.of(tensor_named(p, "linear_1.noisy_weight")),
        &weight = s.of(tensor_named(p, "linear_1.weight"));
  double mean = 0, square = 0;
  for (std::size_t i = 0; i < noisy.size(); ++i) {
    const double z = (noisy[i] - weight[i]) / 0.5;
    mean += z, square += z * z;
  }
  const double count = outputs * inputs;
  REQUIRE(noisy.size() == outputs * inputs);
  CHECK(std::fabs(mean / count) <= 4 / std::sqrt(count));
  CHECK(std::fabs(square / count - 1) <= 4 * std::sqrt(2 / count));
  CHECK(s.of(tensor_named(p, "linear_1.noisy_weight_gradient")) ==
        results_of(p, s).at("linear_1.weight gradient"));
}

TEST_CASE("connections that are all kept are a linear layer") {
  const program all = as_network("l", input<4> | linear<2>(drop_connect<keep(1)>))
                          .lowered(mode::train),
                plain = as_network("l", input<4> | linear<2>).lowered(mode::train);
  CHECK(codegen::to_text(all) == codegen::to_text(plain));
}

}  // namespace
