// Every layer over all its samples: gradients against differences, stated gradients against derived
// ones, adjoints.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>

#include "codegen/passes.hpp"
#include "tests/codegen/gradient_check.hpp"
#include "tests/codegen/samples.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;

constexpr std::uint64_t seed = 20;

TEST_CASE("every layer's file has samples") {
  std::set<std::string> known(sampled_layers().begin(), sampled_layers().end());
  CHECK(known.size() == sampled_layers().size());
  std::size_t found = 0;
  const std::filesystem::path folder = TENON_LAYERS;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const std::string name = file.path().filename().string();
    if (name == "all.hpp" || name == "input.hpp") continue;
    std::ifstream in(file.path());
    std::size_t here = 0;
    for (std::string line; std::getline(in, line);) here += line.starts_with("TENON_SAMPLES(");
    CAPTURE(name);
    CHECK(here >= 1);
    found += here;
  }
  CHECK(found == sampled_layers().size());  // a file that all.hpp forgets is found here
}

TEST_CASE("gradients of every parameter and input agree with differences") {
  long checked = 0;
  for (const network_value& net : samples()) {
    CAPTURE(net.name);
    CAPTURE(net.spelled());
    REQUIRE(net.check().legal);
    const codegen::program forward = net.lowered(mode::train);
    for (std::size_t n : {std::size_t{1}, std::size_t{3}, std::size_t{5}}) {
      if (!enough_samples(forward, n)) continue;
      const gradient_check result = check_every_element(forward, n, seed + n);
      CHECK(result.failure == "");
      CHECK(result.checked > 0);
      CHECK(result.share_skipped() <= 0.05);
      checked += result.checked;
    }
  }
  MESSAGE(checked << " elements of " << samples().size() << " samples of "
                  << sampled_layers().size() << " layers");
}

results gradients_of(codegen::program p, std::size_t n) {
  codegen::differentiate_with_input(p);
  return results_of(p, run_on_random_values(p, n, seed));
}

TEST_CASE("a stated backward is the derived one") {
  std::set<std::string> compared;
  for (const network_value& net : samples()) {
    const codegen::program stated = net.lowered(mode::train);
    for (std::size_t l = 0; l < stated.layers.size(); ++l) {
      if (!stated.layers[l].backward) continue;
      codegen::program derived = stated;
      derived.layers[l].backward = nullptr;
      CAPTURE(net.name);
      CAPTURE(stated.layers[l].name);
      CHECK(difference(gradients_of(stated, 4), gradients_of(derived, 4), 1e-12) == "");
      compared.insert(stated.layers[l].kind);
    }
  }
  for (const char* kind :
       {"batch_norm", "mean_only_batch_norm", "layer_norm", "instance_norm", "group_norm", "relu", "leaky_relu", "elu", "selu", "softplus", "softmax", "tanh", "sigmoid",
        "dropout", "softmax_cross_entropy", "mean_squared_error", "mean_absolute_error", "huber",
        "binary_cross_entropy", "conv1d_transpose", "conv2d_transpose", "spatial_dropout"}) {
    CAPTURE(kind);
    CHECK(compared.contains(kind));
  }
}

// ---- <J v, u> = <v, J^T u>, without differences and so without their error, wherever the network
// is affine in its input.

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

struct linear_probe {
  const codegen::program& p;
  codegen::scalar_state s;
  std::size_t n;

  std::vector<double> output(const std::vector<double>& input) {
    s.of(p.input) = input;
    run(p, s, n);
    return s.of(p.output);
  }
};

TEST_CASE("the input gradient is the adjoint of the forward map") {
  constexpr std::size_t n = 3;
  std::set<std::string> linear;
  for (const network_value& net : samples()) {
    codegen::program p = net.lowered(mode::train);
    if (p.layers.back().kind != "mean_squared_error") continue;
    codegen::differentiate_with_input(p);
    linear_probe probe{p, random_state(p, n, seed), n};
    random_numbers random(seed);
    std::vector<double> v(probe.s.of(p.input).size()), u(probe.s.of(p.output).size()),
        w = v, both = v, none(v.size());
    for (std::size_t i = 0; i < v.size(); ++i)
      v[i] = random.between(-1, 1), w[i] = random.between(-1, 1), both[i] = v[i] + w[i];
    for (double& x : u) x = random.between(-1, 1);
    const std::vector<double> at_v = probe.output(v), at_w = probe.output(w),
                              at_both = probe.output(both), at_none = probe.output(none);
    double bend = 0;
    for (std::size_t i = 0; i < u.size(); ++i)
      bend = std::max(bend, std::fabs(at_both[i] + at_none[i] - at_v[i] - at_w[i]));
    if (bend > 1e-12) continue;
    std::vector<double> jv(u.size());
    for (std::size_t i = 0; i < u.size(); ++i) jv[i] = at_v[i] - at_none[i];
    if (p.sample_weight >= 0) std::ranges::fill(probe.s.of(p.sample_weight), 1.0);
    // The loss is the mean of (y - t)^2: with this target its gradient at y is u.
    for (std::size_t i = 0; i < u.size(); ++i)
      probe.s.of(p.target)[i] = at_v[i] - u[i] * static_cast<double>(u.size()) / 2;
    probe.output(v);
    const std::vector<double> jtu = results_of(p, probe.s).at("input gradient");
    CAPTURE(net.name);
    CHECK(std::fabs(dot(jv, u) - dot(v, jtu)) <= 1e-12 * static_cast<double>(u.size()));
    linear.insert(net.name.substr(0, net.name.find("_sample_")));
  }
  for (const char* kind : {"linear", "conv1d", "conv2d", "avg_pool", "global_avg_pool", "flatten",
                           "dropout", "conv1d_transpose", "conv2d_transpose", "upsample", "pad",
                           "spatial_dropout", "gaussian_noise"}) {
    CAPTURE(kind);
    CHECK(linear.contains(kind));
  }
}

}  // namespace
