// What the lectures and papers promise of batch norm, dropout and label smoothing, in exact numbers.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <cstring>

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

struct moments {
  double mean = 0, square = 0;  // square: sum of squared deviations
  std::size_t count = 0;
};
// Of channel c of samples [n][channels][positions].
moments of_channel(const std::vector<double>& x, std::size_t channels, std::size_t positions, std::size_t c) {
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

// ---- batch norm

constexpr std::size_t channels = 3, positions = 4, n = 5;
network_value norm_network() { return as_network("norm", input<3, 2, 2> | batch_norm(epsilon<1e-4>, momentum<0.3>) | mean_squared_error); }

TEST_CASE("batch norm in training: biased statistics per channel over batch and positions") {
  const program p = norm_network().lowered(mode::train);
  scalar_state s = random_state(p, n, seed);
  for (std::size_t i = 0; i < s.of(p.input).size(); ++i) {
    if (i / positions % channels == 1) s.of(p.input)[i] = 0.75;  // a channel without variance stays finite
  }
  run(p, s, n);
  const std::vector<double>&gamma = values_of(p, s, "batch_norm_1.weight"), &beta = values_of(p, s, "batch_norm_1.bias");
  for (std::size_t i = 0; i < s.of(p.output).size(); ++i) {
    const std::size_t c = i / positions % channels;
    const moments m = of_channel(s.of(p.input), channels, positions, c);
    REQUIRE(m.count == n * positions);
    const double u = (s.of(p.input)[i] - m.mean) / std::sqrt(m.square / static_cast<double>(m.count) + 1e-4);
    CHECK(s.of(p.output)[i] == doctest::Approx(gamma[c] * u + beta[c]).epsilon(1e-13));
    if (c == 1) CHECK(s.of(p.output)[i] == beta[c]);
  }
}

TEST_CASE("running statistics: exponential average, with the unbiased variance, as PyTorch keeps them") {
  const program p = norm_network().lowered(mode::train);
  scalar_state s = random_state(p, n, seed);
  std::vector<double> mean = values_of(p, s, "batch_norm_1.running_mean"), variance = values_of(p, s, "batch_norm_1.running_var");
  for (int step = 0; step < 3; ++step) {
    run(p, s, n);
    for (std::size_t c = 0; c < channels; ++c) {
      const moments m = of_channel(s.of(p.input), channels, positions, c);
      mean[c] = 0.7 * mean[c] + 0.3 * m.mean;
      variance[c] = 0.7 * variance[c] + 0.3 * m.square / static_cast<double>(m.count - 1);
      CHECK(values_of(p, s, "batch_norm_1.running_mean")[c] == doctest::Approx(mean[c]).epsilon(1e-13));
      CHECK(values_of(p, s, "batch_norm_1.running_var")[c] == doctest::Approx(variance[c]).epsilon(1e-13));
    }
  }
}

TEST_CASE("the output has mean beta and deviation gamma sqrt(var / (var + epsilon)) whatever the input") {
  const program p = norm_network().lowered(mode::train);
  for (double scale : {0.01, 1.0, 1000.0}) {
    scalar_state s = random_state(p, n, seed);
    for (double& x : s.of(p.input)) x = scale * (x + 3);
    run(p, s, n);
    for (std::size_t c = 0; c < channels; ++c) {
      const moments in = of_channel(s.of(p.input), channels, positions, c), out = of_channel(s.of(p.output), channels, positions, c);
      const double variance = in.square / static_cast<double>(in.count), gamma = values_of(p, s, "batch_norm_1.weight")[c];
      CHECK(out.mean == doctest::Approx(values_of(p, s, "batch_norm_1.bias")[c]).epsilon(1e-11));
      CHECK(out.square / static_cast<double>(out.count) == doctest::Approx(gamma * gamma * variance / (variance + 1e-4)).epsilon(1e-11));
    }
  }
}

TEST_CASE("gamma = sigma and beta = mu give the identity") {
  const program p = norm_network().lowered(mode::train);
  scalar_state s = random_state(p, n, seed);
  for (std::size_t c = 0; c < channels; ++c) {
    const moments m = of_channel(s.of(p.input), channels, positions, c);
    values_of(p, s, "batch_norm_1.weight")[c] = std::sqrt(m.square / static_cast<double>(m.count) + 1e-4);
    values_of(p, s, "batch_norm_1.bias")[c] = m.mean;
  }
  run(p, s, n);
  CHECK(difference({{"y", s.of(p.output)}}, {{"y", s.of(p.input)}}, 1e-14) == "");
}

TEST_CASE("three features, a thousand rows, gamma 1 2 3, beta 2 4 8: means are beta, unbiased deviations gamma sqrt(1000 / 999)") {
  const program p = as_network("rows", input<3> | batch_norm(epsilon<1e-12>) | mean_squared_error).lowered(mode::train);
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

TEST_CASE("batch norm backward, closed form: gamma / (m sigma) (m d - sum d - u sum d u), which sums to 0") {
  const program p = training(norm_network());
  const scalar_state s = run_on_random_values(p, n, seed);
  const results r = results_of(p, s);
  const std::vector<double>&x = s.of(p.input), &y = s.of(p.output), &t = s.of(p.target), &d_x = r.at("input gradient");
  std::vector<double> d(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) d[i] = 2 * (y[i] - t[i]) / static_cast<double>(y.size());
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
      CHECK(d_x[i] == doctest::Approx(gamma / (count * sigma) * (count * d[i] - sum_d - u * sum_du)).epsilon(1e-11));
    });
    CHECK(std::fabs(sum_dx) <= 1e-15 * count);
    CHECK(r.at("batch_norm_1.weight gradient")[c] == doctest::Approx(sum_du).epsilon(1e-12));
    CHECK(r.at("batch_norm_1.bias gradient")[c] == doctest::Approx(sum_d).epsilon(1e-12));
  }
}

TEST_CASE("a bias before a norm is taken out again: changing it changes no output, and it has no gradient") {
  const program p = training(as_network("bias", input<4> | linear<3> | batch_norm | mean_squared_error));
  scalar_state s = random_state(p, n, seed), moved = s;
  for (double& b : values_of(p, moved, "linear_1.bias")) b += 17;
  run(p, s, n), run(p, moved, n);
  CHECK(difference({{"y", s.of(p.output)}}, {{"y", moved.of(p.output)}}, 1e-12) == "");
  CHECK_FALSE(results_of(p, s).contains("linear_1.bias gradient"));
  CHECK(results_of(p, s).contains("linear_1.weight gradient"));
}

// ---- dropout

// The kernel that draws the mask is taken out, so that the test can set the mask itself.
program without_draws(program p, const std::string& mask) {
  const auto drawn = [&](const codegen::kernel& k) { return p.of(k.out).name == mask; };
  const std::size_t before = p.kernels.size();
  p.kernels.erase(std::remove_if(p.kernels.begin(), p.kernels.end(), drawn), p.kernels.end());
  REQUIRE(p.kernels.size() == before - 1);
  return p;
}

// sum over all masks of its probability times the output of training; exact where the network is linear behind the mask.
std::vector<double> expectation(const network_value& net, std::size_t elements, double keep) {
  const program p = without_draws(net.lowered(mode::train), "dropout_1.mask");
  std::vector<double> mean;
  for (unsigned bits = 0; bits < 1U << elements; ++bits) {
    scalar_state s = random_state(p, 1, seed);
    double probability = 1;
    std::vector<double>& mask = values_of(p, s, "dropout_1.mask");
    REQUIRE(mask.size() == elements);
    for (std::size_t i = 0; i < elements; ++i) {
      const bool kept = (bits >> i & 1) != 0;
      mask[i] = kept ? 1 / keep : 0;
      probability *= kept ? keep : 1 - keep;
    }
    run(p, s, 1);
    mean.resize(s.of(p.output).size());
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += probability * s.of(p.output)[i];
  }
  return mean;
}

TEST_CASE("the mean over all masks is what evaluation computes") {
  const auto check = [](const network_value& net, std::size_t elements, double keep) {
    CAPTURE(net.spelled());
    const program p = net.lowered(mode::eval);
    const scalar_state s = run_on_random_values(p, 1, seed);
    CHECK(difference({{"y", s.of(p.output)}}, {{"y", expectation(net, elements, keep)}}, 1e-14) == "");
  };
  check(as_network("two", input<2> | dropout<keep(0.5)> | linear<1>(no_bias) | mean_squared_error), 2, 0.5);
  check(as_network("ten", input<10> | dropout<drop(0.2)> | linear<3> | mean_squared_error), 10, 0.8);
  check(as_network("hidden", input<4> | linear<6> | relu | dropout<drop(0.75)> | linear<2> | mean_squared_error), 6, 0.25);
  check(as_network("map", input<2, 5> | dropout<keep(0.6)> | conv1d<3, 3>(same) | flatten | linear<2> | mean_squared_error), 10, 0.6);
}

TEST_CASE("survivors of drop(0.75) are four times as large, the others and their gradients are zero") {
  const program p = training(as_network("noise", input<64> | dropout<drop(0.75)> | mean_squared_error));
  scalar_state s = random_state(p, 4, seed);
  for (double& x : s.of(p.input)) x = 1;
  run(p, s, 4);
  const std::vector<double> d_x = results_of(p, s).at("input gradient");
  int kept = 0;
  for (std::size_t i = 0; i < s.of(p.output).size(); ++i) {
    const double y = s.of(p.output)[i];
    CHECK((y == 0 || y == 4));
    CHECK((d_x[i] == 0) == (y == 0));
    kept += y != 0;
  }
  CHECK(kept > 0);
  CHECK(kept < 256);
}

TEST_CASE("masks keep at their rate, differ between samples and steps, and repeat for the same seed and step") {
  const program p = as_network("noise", input<100> | dropout<keep(0.8)> | mean_squared_error).lowered(mode::train);
  constexpr std::size_t samples = 40;
  const auto mask_at = [&](std::uint64_t step) {
    scalar_state s = random_state(p, samples, seed);
    codegen::run_scalar(p, s, samples, mask_seed, step);
    return values_of(p, s, "dropout_1.mask");
  };
  const std::vector<double> mask = mask_at(1);
  CHECK(mask == mask_at(1));
  CHECK(mask != mask_at(2));
  CHECK(std::vector<double>(mask.begin(), mask.begin() + 100) != std::vector<double>(mask.begin() + 100, mask.begin() + 200));
  double kept = 0;
  for (double m : mask) kept += m != 0;
  const double count = static_cast<double>(mask.size());
  CHECK(std::fabs(kept / count - 0.8) <= 4 * std::sqrt(0.8 * 0.2 / count));
}

// ---- label smoothing

template <class Loss>
void check_smoothing(Loss loss, double smoothing) {
  CAPTURE(smoothing);
  constexpr std::size_t classes = 7;
  const program p = training(as_network("smooth", input<7> | loss));
  scalar_state uniform = random_state(p, n, seed);
  for (double& z : uniform.of(p.input)) z = 0.3;
  run(p, uniform, n);
  CHECK(uniform.of(p.loss)[0] == doctest::Approx(std::log(7.0)).epsilon(1e-14));

  scalar_state s = random_state(p, n, seed);
  s.of(p.input)[0] = 800;  // exp overflows: the maximum is subtracted first
  run(p, s, n);
  const std::vector<double> gradient = results_of(p, s).at("input gradient");
  double expected_loss = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double* z = s.of(p.input).data() + i * classes;
    double largest_z = z[0], total = 0;
    for (std::size_t c = 0; c < classes; ++c) largest_z = std::max(largest_z, z[c]);
    for (std::size_t c = 0; c < classes; ++c) total += std::exp(z[c] - largest_z);
    for (std::size_t c = 0; c < classes; ++c) {
      const double log_p = z[c] - largest_z - std::log(total);
      const bool is_target = static_cast<double>(c) == s.of(p.target)[i];
      const double q = (is_target ? 1 - smoothing : 0) + smoothing / static_cast<double>(classes);
      expected_loss -= q * log_p / static_cast<double>(n);
      CHECK(std::fabs(gradient[i * classes + c] - (std::exp(log_p) - q) / static_cast<double>(n)) <= 1e-15);
    }
  }
  CHECK(s.of(p.loss)[0] == doctest::Approx(expected_loss).epsilon(1e-13));
}

TEST_CASE("label smoothing: log C at uniform logits whatever epsilon, gradient softmax - q") {
  check_smoothing(softmax_cross_entropy, 0);
  check_smoothing(softmax_cross_entropy(label_smoothing<0.1>), 0.1);
  check_smoothing(softmax_cross_entropy(label_smoothing<0.9>), 0.9);
}

}  // namespace
