// Evaluation against training semantics: what folding may and may not do, and that it changes
// nothing.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "codegen/passes.hpp"
#include "dsl/layers/all.hpp"
#include "tests/codegen/network_value.hpp"
#include "tests/codegen/values.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;
using codegen::home;
using codegen::kernel;
using codegen::op;
using codegen::program;
using codegen::role;

constexpr std::uint64_t seed = 11;
constexpr std::size_t n = 3;
constexpr double unit_roundoff = std::numeric_limits<double>::epsilon();

constexpr detail::settling unfolded{.drop_identities = true, .merge_affine = false};

template <class... Lists>
std::vector<network_value> networks(Lists... lists) {
  return {as_network("case", lists)...};
}

// Each norm stands right behind a layer that absorbs it.
std::vector<network_value> foldable() {
  return networks(
      input<7> | linear<5> | batch_norm,
      input<16> | linear<17>(no_bias) | batch_norm(epsilon<1e-3>) | relu,
      input<2, 9> | conv1d<3, 3>(same, stride<2>) | batch_norm(epsilon<0.5>),
      input<3, 8> | conv1d<6, 2>(depthwise) | batch_norm | tanh_,
      input<3, 6, 5> | conv2d<4, 3>(same) | batch_norm,
      input<4, 5, 5> | conv2d<6, 3>(groups<2>, padding<2>, stride<2>, no_bias) | batch_norm,
      input<2, 4, 4> | conv2d<4, tenon::kernel<1, 3>>(dilation<1, 2>, padding<0, 2>) |
          batch_norm(epsilon<10.0>),
      input<3, 4, 4> | conv2d<3, 2>(depthwise, same) | dropout<drop(0.5)> |
          batch_norm);  // a dropped identity lies between
}
std::vector<network_value> foldable_in_depth() {
  return networks(input<7> | linear<5> | batch_norm | relu | dropout<keep(0.7)> |
                      linear<6>(no_bias) | batch_norm | tanh_ | linear<3> | softmax_cross_entropy,
                  input<2, 8, 8> | conv2d<4, 3>(same) | batch_norm | relu |
                      residual(conv2d<6, 3>(same, stride<2>) | batch_norm | relu |
                                   conv2d<6, 3>(same) | batch_norm,
                               conv2d<6, 1>(stride<2>) | batch_norm) |
                      relu | global_avg_pool | linear<10> | softmax_cross_entropy,
                  input<3, 9> | repeat<3>(residual(conv1d<3, 3>(same) | batch_norm | relu)) |
                      flatten | linear<2> | mean_squared_error);
}
// Each has one norm that folding would break or cannot reach; it is the last.
std::vector<network_value> unfoldable() {
  return networks(input<3, 5> | batch_norm, input<3, 5> | conv1d<4, 3>(same) | relu | batch_norm,
                  input<5> | linear<4> | tanh_ | dropout<drop(0.2)> | batch_norm,
                  input<3, 5> | conv1d<3, 3>(same) | save<"a"> | batch_norm | add_with<"a">,
                  input<3, 6> | max_pool<2> | batch_norm | conv1d<2, 3>(same),
                  input<4> | residual(linear<4> | relu) | batch_norm,
                  input<4> | branches(linear<2>, linear<3>) | concat | batch_norm,
                  input<2, 3, 3> | conv2d<2, 3>(same) | flatten | batch_norm);
}

// Random parameters with gamma below and at 0; and a variance of 0 where there is one norm (several
// would multiply a scale of 1 / sqrt(epsilon) again and again, and no bound on rounding would say
// anything).
codegen::scalar_state harsh_state(const program& p) {
  codegen::scalar_state s = random_state(p, n, seed);
  const auto norms =
      std::count_if(p.tensors.begin(), p.tensors.end(),
                    [](const codegen::tensor& t) { return t.name.ends_with("running_var"); });
  for (std::size_t t = 0; t < p.tensors.size(); ++t) {
    const std::string& name = p.tensors[t].name;
    std::vector<double>& v = s.values[t];
    if (name.starts_with("batch_norm") && name.ends_with(".weight")) {
      v[0] = -1.3;
      if (v.size() > 1) v[1] = 0;
    }
    if (norms == 1 && name.ends_with("running_var")) v.back() = 0;
  }
  return s;
}

double magnitude(const program& p, const codegen::scalar_state& s) {
  double most = 1, scale = 1;
  for (std::size_t t = 0; t < p.tensors.size(); ++t) {
    most = std::max(most, largest(s.values[t]));
    if (p.tensors[t].name.ends_with(".scale")) scale *= std::max(1.0, largest(s.values[t]));
  }
  return most * scale;
}
double longest_sum(const program& p) {
  double terms = 1;
  for (const kernel& k : p.kernels) {
    double here = 1;
    for (std::size_t a = static_cast<std::size_t>(k.outer); a < k.extents.size(); ++a)
      here *= k.extents[a];
    terms = std::max(terms, here);
  }
  return terms;
}

bool has(const program& p, op kind) {
  for (const kernel& k : p.kernels) {
    for (const codegen::node* x : codegen::in_order(k.value)) {
      if (x->kind == kind) return true;
    }
  }
  return false;
}
int sample_kernels_of(const program& p, std::string_view kind) {
  return static_cast<int>(std::count_if(p.kernels.begin(), p.kernels.end(), [&](const kernel& k) {
    return k.layer.starts_with(kind) && p.of(k.out).where == home::sample;
  }));
}

// Two orders of the same roundings: each of the K terms of a sum may differ by an ulp of the
// largest value on the way, and they add up like sqrt(K); 4 for what lies around the sum.
void check_equal(const program& a, const program& b, double layers) {
  codegen::scalar_state s = harsh_state(a), t = harsh_state(b);
  run(a, s, n), run(b, t, n);
  const double allowed = 4 * std::sqrt(longest_sum(a)) * unit_roundoff * magnitude(a, s) * layers;
  REQUIRE(allowed < 1e-7);
  double worst = 0;
  const std::vector<double>&x = s.of(a.output), &y = t.of(b.output);
  for (std::size_t i = 0; i < x.size(); ++i) worst = std::max(worst, std::fabs(x[i] - y[i]));
  REQUIRE(x.size() == y.size());
  CHECK(worst <= allowed);
}

TEST_CASE("folded evaluation equals unfolded evaluation") {
  for (const network_value& net : foldable()) {
    CAPTURE(net.spelled());
    check_equal(net.lowered(mode::eval, unfolded), net.lowered(mode::eval), 1);
  }
  for (const network_value& net : foldable_in_depth()) {
    CAPTURE(net.spelled());
    check_equal(net.lowered(mode::eval, unfolded), net.lowered(mode::eval),
                static_cast<double>(net.rows.size()));
  }
}

TEST_CASE("dropping identities changes nothing") {
  std::vector<network_value> all = foldable();
  for (const auto& more : {foldable_in_depth(), unfoldable()})
    all.insert(all.end(), more.begin(), more.end());
  for (const network_value& net : all) {
    CAPTURE(net.spelled());
    check_equal(net.lowered(mode::eval, {.drop_identities = false}), net.lowered(mode::eval),
                static_cast<double>(net.rows.size()));
  }
}

TEST_CASE("evaluation has no dropout, and no norm where it folds") {
  std::vector<network_value> all = foldable();
  for (const network_value& net : foldable_in_depth()) all.push_back(net);
  for (const network_value& net : all) {
    CAPTURE(net.spelled());
    program p = net.lowered(mode::eval);
    for (bool passes : {false, true}) {
      if (passes) codegen::run_passes(p);
      CHECK(sample_kernels_of(p, "batch_norm") == 0);
      CHECK(sample_kernels_of(p, "dropout") == 0);
      CHECK_FALSE(has(p, op::uniform));
      CHECK_FALSE(has(p, op::live));
    }
    const program plain =
        net.lowered(mode::eval, unfolded);  // the same question, answered otherwise
    CHECK(sample_kernels_of(plain, "batch_norm") > 0);
  }
}

TEST_CASE("a norm that cannot fold exactly stays, as one multiply-add") {
  for (const network_value& net : unfoldable()) {
    CAPTURE(net.spelled());
    program p = net.lowered(mode::eval);
    CHECK(sample_kernels_of(p, "batch_norm") == 1);
    for (const kernel& k : p.kernels) {
      if (!k.layer.starts_with("batch_norm") || p.of(k.out).where != home::sample) continue;
      std::vector<op> operations;
      for (const codegen::node* x : codegen::in_order(k.value)) {
        if (x->kind != op::read) operations.push_back(x->kind);
      }
      CHECK(operations == std::vector<op>{op::multiply, op::add});
    }
    check_equal(net.lowered(mode::eval, unfolded), p, static_cast<double>(net.rows.size()));
  }
}

TEST_CASE("evaluation uses the running statistics, by the formula, and leaves them alone") {
  const network_value net = as_network("norm", input<3, 5> | batch_norm(epsilon<1e-3>));
  for (detail::settling how : {detail::settling{}, unfolded}) {
    const program p = net.lowered(mode::eval, how);
    codegen::scalar_state s = harsh_state(p);
    const codegen::scalar_state before = s;
    run(p, s, n);
    const auto value = [&](std::string_view name) {
      return values_of(p, s, fmt::format("batch_norm_1.{}", name));
    };
    const std::vector<double> gamma = value("weight"), beta = value("bias"),
                              mean = value("running_mean"), variance = value("running_var");
    for (std::size_t i = 0; i < s.of(p.output).size(); ++i) {
      const std::size_t c = i / 5 % 3;
      const double expected =
          gamma[c] * (s.of(p.input)[i] - mean[c]) / std::sqrt(variance[c] + 1e-3) + beta[c];
      CHECK(s.of(p.output)[i] == doctest::Approx(expected).epsilon(1e-13));
    }
    for (std::size_t t = 0; t < p.tensors.size(); ++t) {
      if (p.tensors[t].what == role::buffer) CHECK(s.values[t] == before.values[t]);
    }
  }
}

TEST_CASE(
    "a folded layer by the textbook: W' = gamma W / sigma, b' = beta + (b - mean) gamma / sigma") {
  const network_value net = as_network("fold", input<7> | linear<5> | batch_norm);
  const program p = net.lowered(mode::eval);
  codegen::scalar_state s = harsh_state(p);
  run(p, s, n);
  const std::vector<double>&w = values_of(p, s, "linear_1.weight"),
        &b = values_of(p, s, "linear_1.bias"), &x = s.of(p.input);
  const std::vector<double>&gamma = values_of(p, s, "batch_norm_1.weight"),
        &beta = values_of(p, s, "batch_norm_1.bias");
  const std::vector<double>&mean = values_of(p, s, "batch_norm_1.running_mean"),
        &variance = values_of(p, s, "batch_norm_1.running_var");
  for (std::size_t sample = 0; sample < n; ++sample) {
    for (std::size_t o = 0; o < 5; ++o) {
      double y = b[o];
      for (std::size_t i = 0; i < 7; ++i) y += w[o * 7 + i] * x[sample * 7 + i];
      const double expected = gamma[o] * (y - mean[o]) / std::sqrt(variance[o] + 1e-5) + beta[o];
      CHECK(s.of(p.output)[sample * 5 + o] == doctest::Approx(expected).epsilon(1e-11));
    }
  }
}

}  // namespace
