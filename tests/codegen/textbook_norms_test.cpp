// What papers and lectures promise of norms beside plain batch norm, and of folding, in exact
// numbers. textbook_norm_test.cpp has batch norm itself.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/codegen/textbook.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;
using codegen::program;
using codegen::scalar_state;

constexpr std::uint64_t seed = 53;
constexpr std::size_t n = 4;

template <class Layer>
program one_layer(Layer layer) {
  return training(as_network("norm", input<6, 2, 3> | layer | mean_squared_error));
}

results run_one(const program& p) {
  scalar_state s = run_on_random_values(p, n, seed);
  results r = results_of(p, s);
  r["y"] = s.of(p.output);
  return r;
}

double mean_of(const double* x, std::size_t size) {
  double sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += x[i];
  return sum / static_cast<double>(size);
}
double variance_of(const double* x, std::size_t size) {
  const double mean = mean_of(x, size);
  double sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += (x[i] - mean) * (x[i] - mean);
  return sum / static_cast<double>(size);
}

TEST_CASE(
    "layer, instance and group norm: mean 0 and variance v / (v + epsilon) over their group") {
  const auto check = [](const program& p, std::size_t groups) {
    scalar_state s = run_on_random_values(p, n, seed);
    const std::size_t size = 36 / groups;
    for (std::size_t g = 0; g < n * groups; ++g) {
      const double *x = &s.of(p.input)[g * size], *y = &s.of(p.output)[g * size];
      const double v = variance_of(x, size);
      CHECK(std::fabs(mean_of(y, size)) <= 1e-14);
      CHECK(variance_of(y, size) == doctest::Approx(v / (v + 1e-5)).epsilon(1e-12));
    }
  };
  check(one_layer(layer_norm(no_affine)), 1);
  check(one_layer(instance_norm(no_affine)), 6);
  check(one_layer(group_norm<3>(no_affine)), 3);
}

TEST_CASE("group norm with one group is layer norm, with C groups instance norm, bit for bit") {
  const auto same = [](const results& a, const results& b) {
    REQUIRE(a.size() == b.size());
    for (const auto& [name, values] : a) {
      CAPTURE(name);
      CHECK(values == b.at(name));
    }
  };
  same(run_one(one_layer(group_norm<1>(no_affine))), run_one(one_layer(layer_norm(no_affine))));
  same(run_one(one_layer(group_norm<6>(no_affine))), run_one(one_layer(instance_norm(no_affine))));
}

TEST_CASE("norms of one sample: the rows of a batch don't touch each other") {
  for (const program& p :
       {one_layer(layer_norm), one_layer(instance_norm), one_layer(group_norm<2>)}) {
    scalar_state s = random_state(p, n, seed), turned = s;
    const std::size_t size = s.of(p.input).size() / n;
    const auto turn = [&](const std::vector<double>& from) {  // samples in the opposite order
      std::vector<double> to(from.size());
      for (std::size_t i = 0; i < from.size(); ++i)
        to[(n - 1 - i / size) * size + i % size] = from[i];
      return to;
    };
    turned.of(p.input) = turn(s.of(p.input));
    run(p, s, n), run(p, turned, n);
    CHECK(turned.of(p.output) == turn(s.of(p.output)));
  }
}

TEST_CASE("norms of one sample are the same in training and evaluation") {
  const network_value net = as_network(
      "norm", input<4, 5> | layer_norm | instance_norm | group_norm<2> | mean_squared_error);
  const program a = net.lowered(mode::train), b = net.lowered(mode::eval);
  CHECK(run_on_random_values(a, n, seed).of(a.output) ==
        run_on_random_values(b, n, seed).of(b.output));
}

TEST_CASE("the gradient of a norm over a sample sums to 0 along its group, also times u") {
  const program p = one_layer(group_norm<3>(no_affine, epsilon<1e-12>));
  scalar_state s = run_on_random_values(p, n, seed);
  const std::vector<double> d = results_of(p, s).at("input gradient"), &y = s.of(p.output);
  for (std::size_t g = 0; g < n * 3; ++g) {
    double sum = 0, along = 0;
    for (std::size_t i = g * 12; i < g * 12 + 12; ++i) sum += d[i], along += d[i] * y[i];
    CHECK(std::fabs(sum) <= 1e-15);
    CHECK(std::fabs(along) <= 1e-11);  // exactly 0 for epsilon = 0
  }
}

TEST_CASE("mean-only batch norm takes the mean away and leaves the spread") {
  const program p = one_layer(mean_only_batch_norm);
  scalar_state s = random_state(p, n, seed);
  const std::vector<double> before = values_of(p, s, "mean_only_batch_norm_1.running_mean");
  run(p, s, n);
  for (std::size_t c = 0; c < 6; ++c) {
    double mean = 0, out = 0;
    for (std::size_t i = 0; i < s.of(p.input).size(); ++i) {
      if (i / 6 % 6 == c) mean += s.of(p.input)[i], out += s.of(p.output)[i];
    }
    mean /= 6.0 * n, out /= 6.0 * n;
    const double bias = values_of(p, s, "mean_only_batch_norm_1.bias")[c];
    CHECK(out == doctest::Approx(bias).epsilon(1e-13));
    for (std::size_t i = 0; i < s.of(p.input).size(); ++i) {
      if (i / 6 % 6 == c)
        CHECK(s.of(p.output)[i] == doctest::Approx(s.of(p.input)[i] - mean + bias).epsilon(1e-13));
    }
    CHECK(values_of(p, s, "mean_only_batch_norm_1.running_mean")[c] ==
          doctest::Approx(0.9 * before[c] + 0.1 * mean).epsilon(1e-13));
  }
}

TEST_CASE("cumulative statistics: the mean over all batches, counted in num_batches_tracked") {
  const program p = as_network("norm", input<3, 2> | batch_norm(cumulative) |
                                           mean_only_batch_norm(cumulative) | mean_squared_error)
                        .lowered(mode::train);
  scalar_state s = random_state(p, n, seed);
  for (const char* kind : {"batch_norm_1", "mean_only_batch_norm_1"})
    values_of(p, s, std::string(kind) + ".num_batches_tracked") = {0};
  const auto of = [&](const char* name) -> std::vector<double>& { return values_of(p, s, name); };
  std::vector<double> mean(3), variance(3);
  for (int step = 1; step <= 4; ++step) {
    s.of(p.input) = random_state(p, n, seed + static_cast<std::uint64_t>(step)).of(p.input);
    run(p, s, n);
    for (std::size_t c = 0; c < 3; ++c) {
      std::vector<double> x;
      for (std::size_t i = 0; i < s.of(p.input).size(); ++i) {
        if (i / 2 % 3 == c) x.push_back(s.of(p.input)[i]);
      }
      mean[c] += mean_of(x.data(), x.size());
      variance[c] += variance_of(x.data(), x.size()) * 8 / 7;
      CHECK(of("batch_norm_1.running_mean")[c] == doctest::Approx(mean[c] / step).epsilon(1e-13));
      CHECK(of("batch_norm_1.running_var")[c] ==
            doctest::Approx(variance[c] / step).epsilon(1e-13));
    }
    CHECK(of("batch_norm_1.num_batches_tracked") == std::vector<double>{double(step)});
    CHECK(of("mean_only_batch_norm_1.num_batches_tracked") == std::vector<double>{double(step)});
  }
}

// What the network gives in evaluation, from this state's parameters; samples and names are equal.
std::vector<double> evaluated(const network_value& net, const detail::settling& how,
                              const std::map<std::string, std::vector<double>>& set) {
  const program p = net.lowered(mode::eval, how);
  scalar_state s = random_state(p, n, seed);
  for (const auto& [name, values] : set) values_of(p, s, name) = values;
  run(p, s, n);
  return s.of(p.output);
}

TEST_CASE("folding is exact at the edges: gamma below 0 and 0, variance 0, a huge epsilon") {
  using values = std::vector<double>;
  const auto check = [](const network_value& net, const std::map<std::string, values>& set) {
    const values folded = evaluated(net, {}, set),
                 kept = evaluated(net, {.merge_affine = false}, set);
    // 4 sqrt(K) units in the last place, K = 18 taps; here in double
    CHECK(difference({{"y", folded}}, {{"y", kept}}, 4 * std::sqrt(18.0) * 0x1p-52) == "");
    const program p = net.lowered(mode::eval);
    for (const codegen::layer_record& l : p.layers) {
      if (l.kind == "batch_norm") CHECK(l.became.starts_with("folded into"));
    }
  };
  const network_value conv = as_network(
      "conv", input<2, 4, 4> | conv2d<3, 3>(same) | batch_norm | relu | mean_squared_error);
  check(conv, {{"batch_norm_1.weight", {-1.5, 0, 2}}});
  check(conv, {{"batch_norm_1.running_var", {0, 1e-30, 1e10}}});
  check(conv, {{"batch_norm_1.weight", {0, -1, -0.0}}, {"batch_norm_1.running_var", {0, 0, 0}}});
  check(as_network("huge", input<2, 4, 4> | conv2d<3, 3>(no_bias) | batch_norm(epsilon<1e6>) |
                               mean_squared_error),
        {});
  check(as_network("plain", input<5> | linear<4> | batch_norm(no_affine) | mean_squared_error), {});
}

TEST_CASE("a norm stands before or behind the activation, and each has its own meaning") {
  const auto gives = [](const network_value& net) { return evaluated(net, {}, {}); };
  const network_value before = as_network("before", input<4> | linear<6> | batch_norm | relu |
                                                        linear<2> | mean_squared_error),
                      behind = as_network("behind", input<4> | linear<6> | relu | batch_norm |
                                                        linear<2> | mean_squared_error);
  CHECK(gives(before) != gives(behind));
  const auto fate_of_norm = [](const network_value& net) {
    for (const codegen::layer_record& l : net.lowered(mode::eval).layers) {
      if (l.kind == "batch_norm") return l.became;
    }
    return std::string("missing");
  };
  CHECK(fate_of_norm(before) == "folded into linear_1");
  CHECK(fate_of_norm(behind) == "");  // one multiply-add: the relu between is not linear
}

TEST_CASE("evaluation leaves running statistics as they are") {
  const program p = as_network("norm", input<3, 2> | batch_norm(cumulative) | relu |
                                           mean_only_batch_norm | mean_squared_error)
                        .lowered(mode::eval);
  scalar_state s = random_state(p, n, seed);
  const results before = results_of(p, s);
  run(p, s, n);
  for (const auto& [name, values] : results_of(p, s)) {
    if (name.find("running") != std::string::npos || name.find("tracked") != std::string::npos)
      CHECK(values == before.at(name));
  }
}

}  // namespace
