// What papers and lectures promise of initial weights, weight norm and weight standardisation, in
// exact numbers.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/codegen/textbook.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;
using codegen::program;
using codegen::scalar_state;

constexpr std::uint64_t seed = 47;
constexpr std::size_t n = 5;

double dot(const double* a, const double* b, std::size_t size) {
  double sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += a[i] * b[i];
  return sum;
}

// Parameters that both programs have under the same name; `v` of one as `weight` of the other.
void copy_parameters(const program& from, scalar_state& a, const program& to, scalar_state& b) {
  for (const codegen::tensor& t : to.tensors) {
    if (t.what != codegen::role::parameter && t.what != codegen::role::buffer) continue;
    const bool renamed = t.name.ends_with(".weight") && !t.name.starts_with("batch");
    values_of(to, b, t.name) = values_of(from, a, renamed ? t.name + "_v" : t.name);
  }
}

TEST_CASE("weight norm: the gradient of v is orthogonal to v") {
  const program p =
      training(as_network("w", input<2, 6> | conv1d<4, 3>(weight_norm) | tanh_ | flatten |
                                   linear<3>(weight_norm) | mean_squared_error));
  scalar_state s = run_on_random_values(p, n, seed);
  const results r = results_of(p, s);
  for (const char* layer : {"conv1d_1", "linear_1"}) {
    const std::string name = std::string(layer) + ".weight_v";
    const std::vector<double>&v = values_of(p, s, name), &d = r.at(name + " gradient");
    const std::size_t rows = values_of(p, s, std::string(layer) + ".weight_g").size(),
                      row = v.size() / rows;
    for (std::size_t o = 0; o < rows; ++o) {
      const double length = std::sqrt(dot(&v[o * row], &v[o * row], row)),
                   slope = std::sqrt(dot(&d[o * row], &d[o * row], row));
      CHECK(slope > 1e-4);
      CHECK(std::fabs(dot(&v[o * row], &d[o * row], row)) <= 1e-13 * length * slope);
    }
  }
}

TEST_CASE("weight norm: with g = |v| it is the layer without it") {
  const network_value with = as_network(
                          "with", input<2, 6, 5> | conv2d<4, 3>(weight_norm, groups<2>) | flatten |
                                      linear<3>(weight_norm, no_bias) | mean_squared_error),
                      without =
                          as_network("without", input<2, 6, 5> | conv2d<4, 3>(groups<2>) | flatten |
                                                    linear<3>(no_bias) | mean_squared_error);
  const program a = training(with), b = training(without);
  scalar_state s = random_state(a, n, seed), t = random_state(b, n, seed);
  for (const char* layer : {"conv2d_1", "linear_1"}) {
    const std::vector<double>& v = values_of(a, s, std::string(layer) + ".weight_v");
    std::vector<double>& g = values_of(a, s, std::string(layer) + ".weight_g");
    const std::size_t row = v.size() / g.size();
    for (std::size_t o = 0; o < g.size(); ++o) g[o] = std::sqrt(dot(&v[o * row], &v[o * row], row));
  }
  copy_parameters(a, s, b, t);
  t.of(b.input) = s.of(a.input);
  run(a, s, n), run(b, t, n);
  CHECK(difference({{"y", s.of(a.output)}}, {{"y", t.of(b.output)}}, 1e-14) == "");
}

TEST_CASE("weight norm: the length of each output's weights is g, whatever v is") {
  const program p =
      training(as_network("w", input<7> | linear<4>(weight_norm) | mean_squared_error));
  scalar_state s = random_state(p, n, seed), longer = s;
  for (double& v : values_of(p, longer, "linear_1.weight_v")) v *= 1e3;
  run(p, s, n), run(p, longer, n);
  const std::vector<double>&w = values_of(p, s, "linear_1.weight"),
        &g = values_of(p, s, "linear_1.weight_g");
  for (std::size_t o = 0; o < 4; ++o)
    CHECK(std::sqrt(dot(&w[o * 7], &w[o * 7], 7)) ==
          doctest::Approx(std::fabs(g[o])).epsilon(1e-14));
  CHECK(difference({{"y", s.of(p.output)}}, {{"y", longer.of(p.output)}}, 1e-13) == "");
}

TEST_CASE("weight standardisation: the weights of an output have mean 0 and variance 1") {
  const program p = training(
      as_network("w", input<3, 5> | conv1d<4, 3>(weight_standardization) | mean_squared_error));
  scalar_state s = random_state(p, n, seed);
  run(p, s, n);
  const std::vector<double>& w = values_of(p, s, "conv1d_1.standardized_weight");
  const std::vector<double> ones(9, 1.0);
  for (std::size_t o = 0; o < 4; ++o) {
    const double* stored = &values_of(p, s, "conv1d_1.weight")[o * 9];
    const double mean = dot(stored, ones.data(), 9) / 9,
                 variance = dot(stored, stored, 9) / 9 - mean * mean;
    CHECK(std::fabs(dot(&w[o * 9], ones.data(), 9)) <= 1e-13);
    CHECK(dot(&w[o * 9], &w[o * 9], 9) / 9 ==
          doctest::Approx(variance / (variance + 1e-5)).epsilon(1e-12));
    // So moving all stored weights of an output changes nothing: their gradient sums to 0.
    const std::vector<double> d = results_of(p, s).at("conv1d_1.weight gradient");
    CHECK(std::fabs(dot(&d[o * 9], ones.data(), 9)) <= 1e-15);
  }
}

TEST_CASE("rescaled weights and norms fold into plain weights for serving") {
  const network_value net =
      as_network("w", input<2, 6, 5> | conv2d<4, 3>(weight_norm) | batch_norm | relu |
                          conv2d<3, 3>(weight_standardization) | batch_norm | flatten |
                          linear<3>(weight_norm) | mean_squared_error);
  program unfolded = net.lowered(mode::eval, {.merge_affine = false}),
          folded = net.lowered(mode::eval);
  scalar_state s = random_state(unfolded, n, seed), t = random_state(folded, n, seed);
  codegen::run_passes(folded);
  run(unfolded, s, n);
  t.values.resize(folded.tensors.size());
  for (std::size_t i = 0; i < folded.tensors.size(); ++i) {
    const codegen::tensor& made = folded.tensors[i];
    t.values[i].resize(static_cast<std::size_t>(made.shape.count()) *
                       (made.where == codegen::home::sample ? n : 1));
  }
  run(folded, t, n);
  CHECK(difference({{"y", s.of(unfolded.output)}}, {{"y", t.of(folded.output)}}, 1e-13) == "");
  for (std::size_t i = 0; i < folded.kernels.size(); ++i) {
    if (folded.schedules[i].when != codegen::stage::block) continue;
    CAPTURE(folded.kernels[i].name);  // samples meet convolutions, a linear layer and nothing else
    CHECK(codegen::form_of(folded.kernels[i]) == codegen::form::contract);
  }
}

// The deviation with which the first weight of a layer is drawn.
double deviation(const network_value& net) {
  const program p = net.lowered(mode::train);
  for (const codegen::tensor& t : p.tensors) {
    if (t.what != codegen::role::parameter) continue;
    const bool uniform = t.initial.how == forms::initialiser::kind::uniform;
    return t.initial.value / (uniform ? std::sqrt(3.0) : 1);
  }
  return 0;
}

TEST_CASE("fans count taps and channels of a group; gains multiply the deviation") {
  // fan_in = 4 / 2 * 3 * 5 = 30, fan_out = 6 / 2 * 15 = 45
  constexpr auto drawn = [](auto how) {
    return deviation(as_network("w", input<4, 9, 9> | how | mean_squared_error));
  };
  constexpr auto conv = conv2d<6, kernel<3, 5>>;
  const auto root = [](double v) { return doctest::Approx(std::sqrt(v)).epsilon(1e-15); };
  CHECK(drawn(conv(groups<2>, init<he_normal>)) == root(2.0 / 30));
  CHECK(drawn(conv(groups<2>, init<he_uniform>)) == root(2.0 / 30));
  CHECK(drawn(conv(groups<2>, init<he_normal, fan_out>)) == root(2.0 / 45));
  CHECK(drawn(conv(groups<2>, init<he_normal, fan_average>)) == root(4.0 / 75));
  CHECK(drawn(conv(groups<2>, init<glorot_normal>)) == root(2.0 / 75));
  CHECK(drawn(conv(groups<2>, init<glorot_uniform>)) == root(2.0 / 75));
  CHECK(drawn(conv(groups<2>, init<lecun_normal>)) == root(1.0 / 30));
  CHECK(drawn(conv(groups<2>, init<he_normal, gain<1>>)) == root(1.0 / 30));
  CHECK(drawn(conv(groups<2>, init<lecun_normal, gain<relu>>)) == root(2.0 / 30));
  CHECK(drawn(conv(groups<2>, init<lecun_uniform, gain<tanh_>>)) == root(25.0 / 9 / 30));
  CHECK(drawn(conv(groups<2>, init<he_normal, gain<leaky_relu<0.2>>>)) == root(2 / 1.04 / 30));
  CHECK(drawn(conv(groups<2>, init<lecun_normal, gain<selu>>)) == root(9.0 / 16 / 30));
  CHECK(drawn(conv(groups<2>, init<lecun_normal, gain<sigmoid>>)) == root(1.0 / 30));
  CHECK(deviation(as_network("w", input<4> | linear<3>(init<normal<0.02>>) | mean_squared_error)) ==
        0.02);
}

TEST_CASE("constant initial weights: hidden units stay alike however long they are trained") {
  const network_value net = as_network(
      "w", input<6> | linear<5> | tanh_ | linear<4> | tanh_ | linear<3> | mean_squared_error);
  const program p = training(net);
  scalar_state s = random_state(p, n, seed);
  const auto stored = [&](std::size_t i) { return p.tensors[i].what == codegen::role::parameter; };
  for (std::size_t i = 0; i < p.tensors.size(); ++i) {
    if (stored(i)) s.values[i].assign(s.values[i].size(), 0.1);
  }
  const std::vector<double> before = values_of(p, s, "linear_1.weight");
  for (int step = 0; step < 20; ++step) {
    run(p, s, n);
    for (std::size_t i = 0; i < p.tensors.size(); ++i) {
      const codegen::tensor& t = p.tensors[i];
      if (t.what != codegen::role::gradient || !stored(static_cast<std::size_t>(t.of))) continue;
      std::vector<double>& w = s.of(t.of);
      for (std::size_t e = 0; e < w.size(); ++e) w[e] -= 0.5 * s.values[i][e];
    }
  }
  const std::vector<double>& w = values_of(p, s, "linear_1.weight");
  CHECK(w != before);
  for (std::size_t e = 6; e < w.size(); ++e)
    CHECK(w[e] == doctest::Approx(w[e % 6]).epsilon(1e-13));
}

}  // namespace
