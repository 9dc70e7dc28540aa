// An optimizer's step on a GPU against that of the CPU (step-inl.h): every optimizer, clip,
// penalty, norm and rule, over parameters of all shapes and more of them than one launch takes.
#include <doctest/doctest.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tenon/core.hpp>
#include <vector>

#include "runtime/train/image.hpp"
#include "tests/cuda/device_array.hpp"
#include "tests/cuda/everything.hpp"
#include "tests/cuda/shim/shim.hpp"

namespace tests {
namespace {

using tenon::clip_mode;
using tenon::decay_style;
using tenon::optimizer;
using tenon::parameter_place;
using tenon::settings;
using enum tenon::optimizer;

constexpr optimizer methods[] = {sgd,     adam,       adamw,  adagrad, adadelta,
                                 rmsprop, rmsprop_tf, adamax, nadam,   lamb};

// A vector, rows with padding, a row that several groups work on, and 60 small ones.
const std::vector<parameter_place>& places() {
  static const std::vector<parameter_place> all = [] {
    std::vector<parameter_place> made;
    const auto add = [&](std::size_t rows, std::size_t row, bool decays) {
      const std::size_t stride = tenon::round_up(row, 16),
                        offset = made.empty() ? 0 : made.back().offset + made.back().floats;
      made.push_back({offset, rows * stride, rows, row, stride, decays});
    };
    add(1, 10, false), add(20, 150, true), add(1, 2500, true), add(3, 5, true);
    for (std::size_t i = 0; i < 60; ++i) add(2, 3 + i % 7, i % 3 != 0);
    return made;
  }();
  return all;
}
std::size_t size() { return places().back().offset + places().back().floats; }

// The same parameters on both sides; padding is zero.
class both_sides {
 public:
  both_sides() : cpu_(4 * size()), gpu_(4 * size()), scratch_(scratch_bytes()) {
    for (const parameter_place& p : places()) {
      for (std::size_t r = 0; r < p.rows; ++r) {
        for (std::size_t i = 0; i < p.row; ++i) {
          const std::size_t at = p.offset + r * p.stride + i;
          image()[at] = std::sin(static_cast<float>(at)) * 0.5F;
        }
      }
    }
    copy_to_gpu(image(), size(), 3 * size());
  }

  // One step with the gradients of this step, different in size from parameter to parameter.
  void step(const settings& s) {
    std::fill_n(cpu_.data(), size(), 0.0F);
    for (std::size_t k = 0; k < places().size(); ++k) {
      const parameter_place& p = places()[k];
      for (std::size_t r = 0; r < p.rows; ++r) {
        for (std::size_t i = 0; i < p.row; ++i) {
          const std::size_t at = p.offset + r * p.stride + i;
          cpu_.data()[at] = std::cos(static_cast<float>(at * (s.step + 1))) *
                            static_cast<float>(1 + k % 5) * 0.1F;
        }
      }
    }
    copy_to_gpu(cpu_.data(), size(), 0);
    tenon::HWY_NAMESPACE::update_parameters(s, places(), memory(cpu_.data()));
    REQUIRE(run_update(nullptr, s, places(), memory(gpu_.data()),
                       reinterpret_cast<std::byte*>(scratch_.data())) == cudaSuccess);
  }

  float* image() { return cpu_.data() + 3 * size(); }
  std::vector<float> from_gpu() const {
    const std::vector<float> all = gpu_.get();
    return {all.begin() + static_cast<std::ptrdiff_t>(3 * size()), all.end()};
  }
  // Of the weights, relative to the largest one.
  double difference() {
    const std::vector<float> found = from_gpu();
    double most = 0, largest = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      const double d = std::abs(static_cast<double>(found[i]) - static_cast<double>(image()[i]));
      most = d >= 0 ? std::max(most, d) : std::numeric_limits<double>::infinity();
      largest = std::max(largest, std::abs(static_cast<double>(image()[i])));
    }
    return most / largest;
  }

 private:
  static std::size_t scratch_bytes() {
    return cuda::updater::scratch_bytes(places().size(), size());
  }
  static tenon::update_memory memory(float* all) {
    return {all, all + size(), all + 2 * size(), all + 3 * size()};
  }
  void copy_to_gpu(const float* from, std::size_t count, std::size_t at) {
    REQUIRE(cudaMemcpy(gpu_.data() + at, from, count * sizeof(float), cudaMemcpyHostToDevice) ==
            cudaSuccess);
    if (at != 0) {  // what the optimizer keeps begins at zero
      REQUIRE(cudaMemset(gpu_.data() + size(), 0, 2 * size() * sizeof(float)) == cudaSuccess);
    }
  }

  tenon::runtime::aligned_floats cpu_;
  device_array<float> gpu_;
  device_array<char> scratch_;
};

// The CPU's steps here are without FMA, the GPU's with it. Each step of those that divide by a root
// of squares moves a weight by up to the rate, whose relative error is a few half-units.
constexpr double tolerance = 1e-6;

void check_steps(settings s) {
  both_sides both;
  for (s.step = 0; s.step < 4; ++s.step) both.step(s);
  CHECK(both.difference() < tolerance);
  CHECK(std::ranges::all_of(both.from_gpu(), [](float v) { return std::isfinite(v); }));
}

settings of(optimizer method) {
  settings s = tenon::defaults(method);
  s.learning_rate = std::min(s.learning_rate, 0.01F), s.weight_decay = 0.01F;
  return s;
}

}  // namespace

TEST_CASE("every optimizer steps as on the CPU, in every style of decay") {
  for (const optimizer method : methods) {
    for (const decay_style style :
         {decay_style::by_method, decay_style::coupled, decay_style::decoupled}) {
      CAPTURE(static_cast<int>(method));
      settings s = of(method);
      s.style = style;
      check_steps(s);
      s.nesterov = s.ema_momentum = s.decay_all = true;
      check_steps(s);
    }
  }
}

TEST_CASE("every clip, penalty and norm is the CPU's") {
  for (const optimizer method : {sgd, adam, lamb}) {
    for (const clip_mode clips :
         {clip_mode::none, clip_mode::norm, clip_mode::value, clip_mode::agc}) {
      for (const tenon::norm_of norms : {tenon::norm_of::unit, tenon::norm_of::layer}) {
        CAPTURE(static_cast<int>(method));
        CAPTURE(static_cast<int>(clips));
        settings s = of(method);
        s.clips = clips, s.clip = 0.05F;
        s.norms = norms, s.max_norm = norms == tenon::norm_of::unit ? 0.9F : 3;
        s.l1 = 1e-3F, s.l1_proximal = norms == tenon::norm_of::unit;
        check_steps(s);
        s.clip = 1e6F;  // nothing is clipped
        check_steps(s);
      }
    }
  }
}

TEST_CASE("rules of single parameters: rates, penalties, norms, and frozen bits") {
  std::vector<tenon::parameter_rule> rules(places().size());
  for (std::size_t i = 0; i < rules.size(); ++i) {
    rules[i].rate = 0.25F * static_cast<float>(i % 4);
    rules[i].weight_decay = i % 3 == 0 ? 0.1F : 0;
    rules[i].l1 = i % 5 == 0 ? 1e-3F : 0;
    rules[i].max_norm = i % 7 == 0 ? 0.5F : 0;
    rules[i].frozen = i % 11 == 1;
  }
  for (const optimizer method : methods) {
    settings s = of(method);
    s.rules = rules, s.clips = clip_mode::norm, s.clip = 1;
    check_steps(s);
    both_sides both;
    const std::vector<float> before = both.from_gpu();
    both.step(s);
    const std::vector<float> after = both.from_gpu();
    const parameter_place& p = places()[1];
    CHECK(std::equal(before.begin() + static_cast<std::ptrdiff_t>(p.offset),
                     before.begin() + static_cast<std::ptrdiff_t>(p.offset + p.floats),
                     after.begin() + static_cast<std::ptrdiff_t>(p.offset)));
    CHECK(before != after);
  }
}

TEST_CASE("any order of threads gives the same bits") {
  for (const optimizer method : {sgd, adam, lamb}) {
    for (const clip_mode clips : {clip_mode::norm, clip_mode::agc}) {
      settings s = of(method);
      s.clips = clips, s.clip = 0.05F, s.max_norm = 0.9F;
      std::vector<std::vector<float>> images;
      for (const shim::order o :
           {shim::order::forward, shim::order::reverse, shim::order::shuffled}) {
        shim::set_order(o);
        both_sides both;
        both.step(s);
        images.push_back(both.from_gpu());
      }
      shim::reset();
      CHECK(images[0] == images[1]);
      CHECK(images[0] == images[2]);
    }
  }
}

}  // namespace tests
