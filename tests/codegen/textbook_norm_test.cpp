// What papers and lectures promise of batch norm, in exact numbers.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/codegen/textbook.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;
using codegen::program;
using codegen::scalar_state;

constexpr std::uint64_t seed = 31;

struct moments {
  double mean = 0, square = 0;  // square: sum of squared deviations
  std::size_t count = 0;
};
// Of channel c of samples [n][channels][positions].
moments of_channel(const std::vector<double>& x, std::size_t channels, std::size_t positions,
                   std::size_t c) {
  moments m;
  const auto each = [&](auto f) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (i / positions % channels == c) f(x[i]);
    }
  };
  each([&](double v) { m.mean += v, ++m.count; });
  m.mean /= static_cast<double>(m.count);
  each([&](double v) { m.square += (v - m.mean) * (v - m.mean); });
  return m;
}

constexpr std::size_t channels = 3, positions = 4, n = 5;
network_value norm_network() {
  return as_network("norm",
                    input<3, 2, 2> | batch_norm(epsilon<1e-4>, momentum<0.3>) | mean_squared_error);
}

TEST_CASE("batch norm in training: biased statistics per channel over batch and positions") {
  const program p = norm_network().lowered(mode::train);
  scalar_state s = random_state(p, n, seed);
  for (std::size_t i = 0; i < s.of(p.input).size(); ++i) {
    if (i / positions % channels == 1)
      s.of(p.input)[i] = 0.75;  // a channel without variance stays finite
  }
  run(p, s, n);
  const std::vector<double>&gamma = values_of(p, s, "batch_norm_1.weight"),
        &beta = values_of(p, s, "batch_norm_1.bias");
  for (std::size_t i = 0; i < s.of(p.output).size(); ++i) {
    const std::size_t c = i / positions % channels;
    const moments m = of_channel(s.of(p.input), channels, positions, c);
    REQUIRE(m.count == n * positions);
    const double u =
        (s.of(p.input)[i] - m.mean) / std::sqrt(m.square / static_cast<double>(m.count) + 1e-4);
    CHECK(s.of(p.output)[i] == doctest::Approx(gamma[c] * u + beta[c]).epsilon(1e-13));
    if (c == 1) CHECK(s.of(p.output)[i] == beta[c]);
  }
}

TEST_CASE(
    "running statistics: exponential average, with the unbiased variance, as PyTorch keeps them") {
  const program p = norm_network().lowered(mode::train);
  scalar_state s = random_state(p, n, seed);
  std::vector<double> mean = values_of(p, s, "batch_norm_1.running_mean"),
                      variance = values_of(p, s, "batch_norm_1.running_var");
  for (int step = 0; step < 3; ++step) {
    run(p, s, n);
    for (std::size_t c = 0; c < channels; ++c) {
      const moments m = of_channel(s.of(p.input), channels, positions, c);
      mean[c] = 0.7 * mean[c] + 0.3 * m.mean;
      variance[c] = 0.7 * variance[c] + 0.3 * m.square / static_cast<double>(m.count - 1);
      CHECK(values_of(p, s, "batch_norm_1.running_mean")[c] ==
            doctest::Approx(mean[c]).epsilon(1e-13));
      CHECK(values_of(p, s, "batch_norm_1.running_var")[c] ==
            doctest::Approx(variance[c]).epsilon(1e-13));
    }
  }
}

TEST_CASE(
    "the output has mean beta and deviation gamma sqrt(var / (var + epsilon)) whatever the input") {
  const program p = norm_network().lowered(mode::train);
  for (double scale : {0.01, 1.0, 1000.0}) {
    scalar_state s = random_state(p, n, seed);
    for (double& x : s.of(p.input)) x = scale * (x + 3);
    run(p, s, n);
    for (std::size_t c = 0; c < channels; ++c) {
      const moments in = of_channel(s.of(p.input), channels, positions, c),
                    out = of_channel(s.of(p.output), channels, positions, c);
      const double variance = in.square / static_cast<double>(in.count),
                   gamma = values_of(p, s, "batch_norm_1.weight")[c];
      CHECK(out.mean == doctest::Approx(values_of(p, s, "batch_norm_1.bias")[c]).epsilon(1e-11));
      CHECK(out.square / static_cast<double>(out.count) ==
            doctest::Approx(gamma * gamma * variance / (variance + 1e-4)).epsilon(1e-11));
    }
  }
}

TEST_CASE("gamma = sigma and beta = mu give the identity") {
  const program p = norm_network().lowered(mode::train);
  scalar_state s = random_state(p, n, seed);
  for (std::size_t c = 0; c < channels; ++c) {
    const moments m = of_channel(s.of(p.input), channels, positions, c);
    values_of(p, s, "batch_norm_1.weight")[c] =
        std::sqrt(m.square / static_cast<double>(m.count) + 1e-4);
    values_of(p, s, "batch_norm_1.bias")[c] = m.mean;
  }
  run(p, s, n);
  CHECK(difference({{"y", s.of(p.output)}}, {{"y", s.of(p.input)}}, 1e-14) == "");
}

TEST_CASE(
    "three features, a thousand rows, gamma 1 2 3, beta 2 4 8: means are beta, unbiased deviations "
    "gamma sqrt(1000 / 999)") {
  const program p = as_network("rows", input<3> | batch_norm(epsilon<1e-12>) | mean_squared_error)
                        .lowered(mode::train);
  scalar_state s = random_state(p, 1000, seed);
  const std::vector<double> gamma{1, 2, 3}, beta{2, 4, 8};
  values_of(p, s, "batch_norm_1.weight") = gamma, values_of(p, s, "batch_norm_1.bias") = beta;
  run(p, s, 1000);
  const double golden[] = {1.0005, 2.0010, 3.0015};
  for (std::size_t c = 0; c < 3; ++c) {
    const moments m = of_channel(s.of(p.output), 3, 1, c);
    const double deviation = std::sqrt(m.square / 999);
    CHECK(m.mean == doctest::Approx(beta[c]).epsilon(1e-12));
    CHECK(deviation == doctest::Approx(gamma[c] * std::sqrt(1000.0 / 999)).epsilon(1e-10));
    CHECK(std::fabs(deviation - golden[c]) < 5e-5);  // as printed
  }
}

TEST_CASE(
    "batch norm backward, closed form: gamma / (m sigma) (m d - sum d - u sum d u), which sums to "
    "0") {
  const program p = training(norm_network());
  const scalar_state s = run_on_random_values(p, n, seed);
  const results r = results_of(p, s);
  const std::vector<double>&x = s.of(p.input), &y = s.of(p.output), &t = s.of(p.target),
        &d_x = r.at("input gradient");
  std::vector<double> d(y.size());
  for (std::size_t i = 0; i < y.size(); ++i)
    d[i] = 2 * (y[i] - t[i]) / static_cast<double>(y.size());
  for (std::size_t c = 0; c < channels; ++c) {
    const moments m = of_channel(x, channels, positions, c);
    const double count = static_cast<double>(m.count), sigma = std::sqrt(m.square / count + 1e-4);
    const double gamma = s.of(tensor_named(p, "batch_norm_1.weight"))[c];
    double sum_d = 0, sum_du = 0, sum_dx = 0;
    const auto each = [&](auto f) {
      for (std::size_t i = 0; i < x.size(); ++i) {
        if (i / positions % channels == c) f(i, (x[i] - m.mean) / sigma);
      }
    };
    each([&](std::size_t i, double u) { sum_d += d[i], sum_du += d[i] * u, sum_dx += d_x[i]; });
    each([&](std::size_t i, double u) {
      CHECK(d_x[i] == doctest::Approx(gamma / (count * sigma) * (count * d[i] - sum_d - u * sum_du))
                          .epsilon(1e-11));
    });
    CHECK(std::fabs(sum_dx) <= 1e-15 * count);
    CHECK(r.at("batch_norm_1.weight gradient")[c] == doctest::Approx(sum_du).epsilon(1e-12));
    CHECK(r.at("batch_norm_1.bias gradient")[c] == doctest::Approx(sum_d).epsilon(1e-12));
  }
}

TEST_CASE(
    "a bias before a norm is taken out again: changing it changes no output, and it has no "
    "gradient") {
  const program p =
      training(as_network("bias", input<4> | linear<3> | batch_norm | mean_squared_error));
  scalar_state s = random_state(p, n, seed), moved = s;
  for (double& b : values_of(p, moved, "linear_1.bias")) b += 17;
  run(p, s, n), run(p, moved, n);
  CHECK(difference({{"y", s.of(p.output)}}, {{"y", moved.of(p.output)}}, 1e-12) == "");
  CHECK_FALSE(results_of(p, s).contains("linear_1.bias gradient"));
  CHECK(results_of(p, s).contains("linear_1.weight gradient"));
}

}  // namespace
