// The emitted code of each reference network against PyTorch, in float: evaluation (with norms
// folded), one training step (logits, loss, gradients, running statistics) and parameters after one
// and two steps of each optimizer.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/core/network.hpp"
#include "runtime/train/image.hpp"
#include "tests/references/names.hpp"
#include "tests/references/reference.hpp"

#define DECLARE_ENTRY(NAME)                     \
  namespace emitted::NAME {                     \
  const tenon::network_entry& entry() noexcept; \
  }
TENON_REFERENCE_NETWORKS(DECLARE_ENTRY)
#undef DECLARE_ENTRY

namespace {

using namespace tenon;
using references::difference;
using references::reference;
using runtime::aligned_floats;

constexpr double tolerance = 1e-5;  // float against PyTorch's double

#define ENTRY(NAME) &emitted::NAME::entry(),
const std::array networks{TENON_REFERENCE_NETWORKS(ENTRY)};
#undef ENTRY

struct recipe {
  std::string name;
  settings how;
  std::vector<std::uint64_t> steps;
};
// As RECIPES of make_references.py.
std::vector<recipe> recipes() {
  settings sgd;
  sgd.learning_rate = 0.1F, sgd.momentum = 0.9F, sgd.weight_decay = 0.01F;
  settings nesterov = sgd, adam = sgd;
  nesterov.nesterov = true;
  adam.method = optimizer::adam, adam.learning_rate = 0.01F;
  settings adamw = adam;
  adamw.method = optimizer::adamw;
  return {{"sgd", sgd, {1, 2}},
          {"nesterov", nesterov, {2}},
          {"adam", adam, {1, 2}},
          {"adamw", adamw, {1, 2}}};
}

// One network with the batch and the initial parameters of its reference.
class subject {
 public:
  explicit subject(const network_entry& e)
      : entry(e),
        info(*e.info),
        witness(std::string(info.name)),
        n(witness.samples()),
        x(witness.values("x")) {
    const auto target = witness.values("target");
    classes_.assign(target.begin(), target.end());
    values_.assign(target.begin(), target.end());
    if (info.weighted) weights = witness.values("sample_weight");
  }

  const void* target() const {
    return info.target_is_class ? static_cast<const void*>(classes_.data()) : values_.data();
  }
  std::size_t output_size() const { return witness.at("eval_outputs").values.size() / n; }

  void fill(std::span<float> image) const {
    for (const parameter_info& p : info.parameters) {
      const auto values = witness.values(std::string(p.name));
      REQUIRE(values.size() == runtime::count(p));
      runtime::pack(p, values, image);
    }
  }
  // Calls check(prefix + name, difference) for each parameter, or each buffer.
  void compare(std::span<const float> image, bool buffers, const std::string& prefix) const {
    for (const parameter_info& p : info.parameters) {
      if (p.buffer != buffers) continue;
      std::vector<float> actual(runtime::count(p));
      runtime::unpack(p, image, actual);
      const std::string name = prefix + std::string(p.name);
      INFO(name);
      CHECK(difference(actual, witness.values(name)) < tolerance);
    }
  }

  const network_entry& entry;
  const network_info& info;
  reference witness;
  std::size_t n;
  std::span<const float> x, weights;

 private:
  std::vector<std::int32_t> classes_;
  std::vector<float> values_;
};

// What softmax makes of rows of logits.
std::vector<double> softmax(std::span<const float> z, std::size_t classes) {
  std::vector<double> p(z.begin(), z.end());
  for (std::size_t row = 0; row < p.size(); row += classes) {
    double total = 0;
    for (std::size_t i = row; i < row + classes; ++i) total += p[i] = std::exp(p[i]);
    for (std::size_t i = row; i < row + classes; ++i) p[i] /= total;
  }
  return p;
}

}  // namespace

TEST_CASE("emitted evaluation gives PyTorch's logits and probabilities") {
  for (const network_entry* each : networks) {
    const subject s(*each);
    INFO(s.witness.samples() << " samples of " << std::string(s.info.name));
    aligned_floats image(s.info.image_floats), folded(s.info.eval_image_floats);
    s.fill(image.span());
    each->fold(image.data(), folded.data());
    const auto evaluator = each->make_evaluator(folded.span(), nullptr);
    std::vector<float> y(s.n * s.output_size(), NAN);
    evaluator->run(s.x.data(), s.n, y.data());
    CHECK(difference(y, s.witness.values("eval_outputs")) < tolerance);
    if (!s.info.target_is_class) continue;
    evaluator->probabilities(s.x.data(), s.n, y.data());
    const std::vector<double> p = softmax(s.witness.values("eval_outputs"), s.output_size());
    for (std::size_t i = 0; i < p.size(); ++i)
      CHECK(std::abs(static_cast<double>(y[i]) - p[i]) < tolerance);
  }
}

TEST_CASE(
    "an emitted training step gives PyTorch's logits, loss, gradients and running statistics") {
  for (const network_entry* each : networks) {
    const subject s(*each);
    INFO(std::string(s.info.name));
    const auto trainer = each->make_trainer(nullptr);
    s.fill(trainer->image());
    const std::vector<float> loss{
        trainer->gradients(s.x.data(), s.target(), s.n, {.sample_weights = s.weights.data()})};
    CHECK(difference(loss, s.witness.values("loss")) < tolerance);
    std::vector<float> y(s.n * s.output_size(), NAN);
    trainer->outputs(s.n, y.data());
    CHECK(difference(y, s.witness.values("train_outputs")) < tolerance);
    aligned_floats gradient(s.info.image_floats);
    trainer->gradient(gradient.span());
    s.compare(gradient.span(), false, "gradient/");
    s.compare(trainer->image(), true, "renewed/");
    s.compare(trainer->image(), false, "");  // nothing is updated before update()
  }
}

TEST_CASE("emitted optimizers step as PyTorch's do") {
  for (const network_entry* each : networks) {
    const subject s(*each);
    INFO(std::string(s.info.name));
    for (const recipe& r : recipes()) {
      const auto trainer = each->make_trainer(nullptr);
      s.fill(trainer->image());
      settings how = r.how;
      how.sample_weights = s.weights.data();
      for (how.step = 0; how.step < 2; ++how.step) {
        trainer->gradients(s.x.data(), s.target(), s.n, how);
        trainer->update(how);
        const std::uint64_t done = how.step + 1;
        if (std::find(r.steps.begin(), r.steps.end(), done) == r.steps.end()) continue;
        s.compare(trainer->image(), false, r.name + "_" + std::to_string(done) + "/");
      }
    }
  }
}
