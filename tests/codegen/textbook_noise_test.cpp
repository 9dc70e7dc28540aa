// What papers and lectures promise of dropout and label smoothing, in exact numbers.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tests/codegen/textbook.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;
using codegen::program;
using codegen::scalar_state;

constexpr std::uint64_t seed = 31;

// sum over all masks of its probability times the output of training; exact where the network is
// linear behind the mask.
std::vector<double> expectation(const network_value& net, std::size_t elements, double keep,
                                double survivor) {
  const program p = without_draws(net.lowered(mode::train));
  std::vector<double> mean;
  for (unsigned bits = 0; bits < 1U << elements; ++bits) {
    scalar_state s = random_state(p, 1, seed);
    double probability = 1;
    std::vector<double>& mask = values_of(p, s, "dropout_1.mask");
    REQUIRE(mask.size() == elements);
    for (std::size_t i = 0; i < elements; ++i) {
      const bool kept = (bits >> i & 1) != 0;
      mask[i] = kept ? survivor : 0;
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
    CHECK(difference({{"y", s.of(p.output)}}, {{"y", expectation(net, elements, keep, 1 / keep)}},
                     1e-14) == "");
  };
  check(as_network("two", input<2> | dropout<keep(0.5)> | linear<1>(no_bias) | mean_squared_error),
        2, 0.5);
  check(as_network("ten", input<10> | dropout<drop(0.2)> | linear<3> | mean_squared_error), 10,
        0.8);
  check(as_network("hidden", input<4> | linear<6> | relu | dropout<drop(0.75)> | linear<2> |
                                 mean_squared_error),
        6, 0.25);
  check(as_network("map", input<2, 5> | dropout<keep(0.6)> | conv1d<3, 3>(same) | flatten |
                              linear<2> | mean_squared_error),
        10, 0.6);
}

// Training neither divides nor multiplies; evaluation multiplies by the keep probability.
TEST_CASE("vanilla dropout: evaluation is the mean over all masks, in the weights or beside them") {
  const auto check = [](const network_value& net, std::size_t elements, double keep) {
    CAPTURE(net.spelled());
    const program pushed = net.lowered(mode::eval),
                  beside = net.lowered(mode::eval, {.drop_identities = false});
    const auto scales = [](const program& p) {
      return std::any_of(p.kernels.begin(), p.kernels.end(), [](const codegen::kernel& k) {
        return k.name.find("scaled_weight") != std::string::npos;
      });
    };
    CHECK(scales(pushed));
    CHECK_FALSE(scales(beside));
    const std::vector<double> y = run_on_random_values(pushed, 1, seed).of(pushed.output);
    CHECK(difference({{"y", y}}, {{"y", run_on_random_values(beside, 1, seed).of(beside.output)}},
                     1e-15 * std::sqrt(static_cast<double>(elements))) == "");
    CHECK(difference({{"y", y}}, {{"y", expectation(net, elements, keep, 1)}}, 1e-14) == "");
  };
  check(as_network("two", input<2> | dropout<keep(0.5)>(vanilla) | linear<1>(no_bias) |
                              mean_squared_error),
        2, 0.5);
  check(as_network("ten", input<2, 5> | dropout<drop(0.2)>(vanilla) | flatten | linear<3> |
                              mean_squared_error),
        10, 0.8);
  check(as_network("map", input<2, 5> | dropout<keep(0.6)>(vanilla) | conv1d<3, 3>(same) | flatten |
                              linear<2> | mean_squared_error),
        10, 0.6);
  check(as_network("transposed", input<2, 4> | dropout<keep(0.6)>(vanilla) |
                                     conv1d_transpose<3, 3>(stride<2>) | flatten | linear<2> |
                                     mean_squared_error),
        8, 0.6);
}

TEST_CASE("a factor in the weights and a norm behind them go together") {
  const network_value net =
      as_network("both", input<2, 5> | dropout<keep(0.6)>(vanilla) | conv1d<3, 3>(same) |
                             batch_norm | relu | flatten | linear<2> | mean_squared_error);
  const program folded = net.lowered(mode::eval),
                plain = net.lowered(mode::eval, {.drop_identities = false, .merge_affine = false});
  CHECK(difference({{"y", run_on_random_values(folded, 3, seed).of(folded.output)}},
                   {{"y", run_on_random_values(plain, 3, seed).of(plain.output)}}, 1e-13) == "");
}

TEST_CASE(
    "survivors of drop(0.75) are four times as large, the others and their gradients are zero") {
  const program p =
      training(as_network("noise", input<64> | dropout<drop(0.75)> | mean_squared_error));
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

TEST_CASE(
    "masks keep at their rate, differ between samples and steps, and repeat for the same seed and "
    "step") {
  const program p = as_network("noise", input<100> | dropout<keep(0.8)> | mean_squared_error)
                        .lowered(mode::train);
  constexpr std::size_t samples = 40;
  const auto mask_at = [&](std::uint64_t step) {
    scalar_state s = random_state(p, samples, seed);
    codegen::run_scalar(p, s, samples, mask_seed, step);
    return values_of(p, s, "dropout_1.mask");
  };
  const std::vector<double> mask = mask_at(1);
  CHECK(mask == mask_at(1));
  CHECK(mask != mask_at(2));
  CHECK(std::vector<double>(mask.begin(), mask.begin() + 100) !=
        std::vector<double>(mask.begin() + 100, mask.begin() + 200));
  double kept = 0;
  for (double m : mask) kept += m != 0;
  const double count = static_cast<double>(mask.size());
  CHECK(std::fabs(kept / count - 0.8) <= 4 * std::sqrt(0.8 * 0.2 / count));
}

// ---- label smoothing

template <class Loss>
void check_smoothing(Loss loss, double smoothing) {
  CAPTURE(smoothing);
  constexpr std::size_t classes = 7, n = 5;
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
      CHECK(std::fabs(gradient[i * classes + c] - (std::exp(log_p) - q) / static_cast<double>(n)) <=
            1e-15);
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
