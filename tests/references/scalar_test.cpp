// The program of each reference network, run in double, against PyTorch: forward in both modes,
// loss, gradients and running statistics; once as lowered and differentiated, once behind all
// passes.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "codegen/passes.hpp"
#include "codegen/run_scalar.hpp"
#include "tests/references/declarations.hpp"
#include "tests/references/reference.hpp"

namespace {

using namespace tenon::codegen;
using references::difference;
using references::reference;

constexpr double tolerance = 1e-6;  // both sides compute in double; the files round once to float

std::string network_of(const declaration& d) { return std::string(d.name); }

bool is_declared(const tensor& t) { return t.what == role::parameter || t.what == role::buffer; }

// A state that holds the batch, the parameters and the buffers, after all kernels have run.
scalar_state run_on(const program& p, const reference& r) {
  scalar_state s = make_state(p, r.samples());
  const auto fill = [&](int tensor, const std::string& name) {
    const auto values = r.values(name);
    REQUIRE(s.of(tensor).size() == values.size());
    std::copy(values.begin(), values.end(), s.of(tensor).begin());
  };
  fill(p.input, "x");
  if (p.target >= 0) fill(p.target, "target");
  if (p.sample_weight >= 0) fill(p.sample_weight, "sample_weight");
  for (std::size_t i = 0; i < p.tensors.size(); ++i) {
    if (is_declared(p.tensors[i])) fill(static_cast<int>(i), p.tensors[i].name);
  }
  run_scalar(p, s, r.samples(), 42, 0);
  return s;
}

// What a training step leaves behind: logits, loss, a gradient for every parameter, renewed
// statistics.
void check_training(const program& p, const reference& r) {
  const scalar_state s = run_on(p, r);
  CHECK(difference(s.of(p.output), r.values("train_outputs")) < tolerance);
  CHECK(difference(s.of(p.loss), r.values("loss")) < tolerance);
  std::set<std::string> without_gradient;
  for (const tensor& t : p.tensors) {
    if (t.what == role::parameter) without_gradient.insert(t.name);
  }
  for (std::size_t i = 0; i < p.tensors.size(); ++i) {
    const tensor& t = p.tensors[i];
    if (t.what == role::gradient) {
      const std::string& name = p.of(t.of).name;
      INFO(name);
      CHECK(difference(s.values[i], r.values("gradient/" + name)) < tolerance);
      without_gradient.erase(name);
    }
    if (t.what == role::buffer) {
      INFO(t.name);
      CHECK(difference(s.values[i], r.values("renewed/" + t.name)) < tolerance);
    }
  }
  for (const std::string& name : without_gradient) {  // biases that a batch norm takes out again
    INFO(name);
    const auto expected = r.values("gradient/" + name);
    CHECK(std::all_of(expected.begin(), expected.end(), [](float g) { return g == 0; }));
  }
}

}  // namespace

TEST_CASE("names, order and shapes of parameters are PyTorch's") {
  for (const declaration& d : references::declarations()) {
    INFO(network_of(d));
    const reference r(network_of(d));
    const program p = lower(d, tenon::mode::train, 64);
    std::vector<std::string> names;
    for (const tensor& t : p.tensors) {
      if (!is_declared(t)) continue;
      names.push_back(t.name);
      const std::vector<std::size_t> shape(t.shape.size, t.shape.size + t.shape.rank);
      CHECK(r.at(t.name).shape == shape);
    }
    CHECK(names == r.parameter_names());
  }
}

TEST_CASE("evaluation gives PyTorch's logits") {
  for (const declaration& d : references::declarations()) {
    INFO(network_of(d));
    const reference r(network_of(d));
    program p = lower(d, tenon::mode::eval, 64);
    CHECK(difference(run_on(p, r).of(p.output), r.values("eval_outputs")) < tolerance);
    run_passes(p);
    CHECK(difference(run_on(p, r).of(p.output), r.values("eval_outputs")) < tolerance);
  }
}

TEST_CASE("training gives PyTorch's logits, loss, gradients and running statistics") {
  for (const declaration& d : references::declarations()) {
    INFO(network_of(d));
    const reference r(network_of(d));
    program p = lower(d, tenon::mode::train, 64);
    differentiate(p);
    check_training(p, r);
  }
}

TEST_CASE("passes change nothing of it") {
  for (const declaration& d : references::declarations()) {
    INFO(network_of(d));
    const reference r(network_of(d));
    program p = lower(d, tenon::mode::train, 64);
    run_passes(p);
    check_training(p, r);
  }
}
