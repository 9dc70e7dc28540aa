// The optimizers against PyTorch's steps (data/optimizers.txt), in double and in float, and against
// closed forms.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/core/optimizers_test.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <span>
#include <tenon/core.hpp>

HWY_BEFORE_NAMESPACE();
namespace tests::HWY_NAMESPACE {

// What emitted code calls.
void update(const tenon::settings& s, std::span<const tenon::parameter_place> places,
            float* gradient, float* state, float* image, size_t floats) {
  tenon::HWY_NAMESPACE::update_parameters(s, places, {gradient, state, state + floats, image});
}

// One step of n weights by the same rules on double; state: [2][n]. lamb's trust ratio and
// penalties but for decay are not of the rules.
void update_exactly(const tenon::basic_settings<double>& s, double decay, double shrink,
                    const double* gradient, double* state, double* weight, size_t n) {
  tenon::HWY_NAMESPACE::with_rule(s, [&](const auto& rule) {
    const tenon::HWY_NAMESPACE::plain<double> a;
    for (size_t i = 0; i < n; ++i) {
      const double g = gradient[i] + decay * weight[i];
      weight[i] = tenon::HWY_NAMESPACE::stepped(a, rule, rule.rate, shrink, g, weight[i], state[i],
                                                state[n + i]);
    }
  });
}

}  // namespace tests::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#  include <doctest/doctest.h>

#  include <algorithm>
#  include <array>
#  include <bit>
#  include <cmath>
#  include <fstream>
#  include <limits>
#  include <map>
#  include <sstream>
#  include <string>
#  include <vector>

#  include "tests/core/targets.hpp"

namespace tests {
HWY_EXPORT(update);
HWY_EXPORT(update_exactly);

namespace {

using tenon::clip_mode;
using tenon::decay_style;
using tenon::optimizer;
using tenon::settings;
using precise = tenon::basic_settings<double>;

constexpr std::size_t weights = 16;
constexpr double epsilon = 0x1p-23;  // of float

// ---- PyTorch's problem and recipes, as in make_optimizers.py

double curvature(std::size_t i) { return std::ldexp(1.0, static_cast<int>(i % 6) - 3); }
template <class T>
T gradient(T w, std::size_t i) {
  const T centre = (static_cast<T>(i) - 7) / 4;
  return static_cast<T>(curvature(i)) * (w - centre) + w * w * w / 8;
}
template <class T>
T begin(std::size_t i) {
  return (static_cast<T>((5 * i) % 16) - 8) / 8 + T(1) / 16;
}

template <class T>
using recipes = std::map<std::string, tenon::basic_settings<T>>;

template <class T>
recipes<T> all_recipes() {
  using enum optimizer;
  const auto make = [](optimizer o, double rate, double decay) {
    auto s = tenon::defaults<T>(o);
    s.learning_rate = T(rate), s.weight_decay = T(decay);
    return s;
  };
  recipes<T> r{{"sgd", make(sgd, 0.05, 0)},
               {"momentum", make(sgd, 0.05, 0.1)},
               {"nesterov", make(sgd, 0.05, 0.1)},
               {"ema_momentum", make(sgd, 0.2, 0)},
               {"sgd_decoupled", make(sgd, 0.05, 0.1)},
               {"adagrad", make(adagrad, 0.1, 0.1)},
               {"adadelta", make(adadelta, 1, 0.1)},
               {"rmsprop", make(rmsprop, 0.01, 0)},
               {"rmsprop_momentum", make(rmsprop, 0.01, 0.1)},
               {"rmsprop_tensorflow", make(rmsprop_tf, 0.01, 0)},
               {"adam", make(adam, 0.05, 0)},
               {"adam_decay", make(adam, 0.05, 0.1)},
               {"adamw", make(adamw, 0.05, 0.1)},
               {"adamax", make(adamax, 0.05, 0.1)},
               {"nadam", make(nadam, 0.05, 0.1)},
               {"nadam_decoupled", make(nadam, 0.05, 0.1)},
               {"lamb", make(lamb, 0.05, 0.1)},
               {"lasso", make(sgd, 0.05, 0)},
               {"proximal", make(sgd, 0.05, 0)}};
  for (const char* name : {"sgd", "lasso", "proximal"}) r[name].momentum = 0;
  r["nesterov"].nesterov = r["ema_momentum"].ema_momentum = true;
  r["sgd_decoupled"].style = r["nadam_decoupled"].style = decay_style::decoupled;
  r["rmsprop_momentum"].beta2 = T(0.9), r["rmsprop_momentum"].momentum = T(0.9);
  r["rmsprop_tensorflow"].epsilon = T(1e-3);
  r["adam_decay"].beta1 = T(0.8), r["adam_decay"].beta2 = T(0.99);
  r["lasso"].l1 = r["proximal"].l1 = T(0.3);
  r["proximal"].l1_proximal = true;
  return r;
}

struct witness {
  std::string recipe;
  std::uint64_t step;
  std::array<double, weights> w;
};

std::vector<witness> witnesses() {
  std::ifstream file(TENON_OPTIMIZER_STEPS);
  std::vector<witness> all;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    witness& x = all.emplace_back();
    fields >> x.recipe >> x.step;
    for (double& w : x.w) fields >> w;
    REQUIRE(fields);
  }
  REQUIRE(all.size() == 4 * all_recipes<float>().size());
  return all;
}

// Largest difference, relative to the largest weight.
template <class T>
double distance(std::span<const T> w, const witness& x) {
  double most = 0, size = 0;
  for (std::size_t i = 0; i < weights; ++i) {
    most = std::max(most, std::abs(static_cast<double>(w[i]) - x.w[i]));
    size = std::max(size, std::abs(x.w[i]));
  }
  return most / size;
}

// Parameters as emitted code holds them, with gradients and state.
struct memory {
  explicit memory(std::size_t floats) : n(floats) {}
  static constexpr std::size_t capacity = 256;
  alignas(64) float image[capacity] = {}, gradient[capacity] = {}, state[2 * capacity] = {};
  std::size_t n;

  void update(const settings& s, std::span<const tenon::parameter_place> places) {
    REQUIRE(n <= capacity);
    HWY_DYNAMIC_DISPATCH(update)(s, places, gradient, state, image, n);
  }
};
constexpr tenon::parameter_place one_weight[] = {{0, 16, 1, 16, 16, true}};

// The same numbers for one scalar weight, in double.
class scalar_descent {
 public:
  scalar_descent(precise s, double w) : s_(s), w_(w) {}
  double step(double g) {
    HWY_DYNAMIC_DISPATCH(update_exactly)(s_, 0.0, 1.0, &g, state_, &w_, 1);
    ++s_.step;
    return w_;
  }
  double w() const { return w_; }
  double state() const { return state_[0]; }

 private:
  precise s_;
  double w_, state_[2] = {};
};

precise plain_sgd(double rate, double momentum = 0) {
  precise s;
  s.learning_rate = rate, s.momentum = momentum;
  return s;
}

}  // namespace

TEST_CASE("the optimizers' formulas in double are PyTorch's steps to 1e-6") {
  const auto all = all_recipes<double>();
  for (const witness& x : witnesses()) {
    if (x.recipe == "lamb" || x.recipe == "lasso" || x.recipe == "proximal") continue;
    CAPTURE(x.recipe);
    CAPTURE(x.step);
    precise s = all.at(x.recipe);
    const bool apart = s.style == decay_style::decoupled || s.method == optimizer::adamw;
    const double decay = apart ? 0 : s.weight_decay,
                 shrink = apart ? 1 - s.learning_rate * s.weight_decay : 1;
    double w[weights], g[weights], state[2 * weights] = {};
    for (std::size_t i = 0; i < weights; ++i) w[i] = begin<double>(i);
    for (; s.step < x.step; ++s.step) {
      for (std::size_t i = 0; i < weights; ++i) g[i] = gradient(w[i], i);
      HWY_DYNAMIC_DISPATCH(update_exactly)(s, decay, shrink, g, state, w, weights);
    }
    CHECK(distance<double>(w, x) < 1e-12);  // asked for is 1e-6; sums differ in their order alone
  }
}

TEST_CASE("the optimizers in float are PyTorch's steps to 1e-5 on every target, with equal bits") {
  const auto all = all_recipes<float>();
  for (const witness& x : witnesses()) {
    CAPTURE(x.recipe);
    CAPTURE(x.step);
    std::map<bool, std::array<float, weights>> seen;
    for (const std::int64_t target : usable_targets(HWY_TARGETS)) {
      CAPTURE(hwy::TargetName(target));
      const only_target only(target);
      settings s = all.at(x.recipe);
      memory m(weights);
      for (std::size_t i = 0; i < weights; ++i) m.image[i] = begin<float>(i);
      for (; s.step < x.step; ++s.step) {
        for (std::size_t i = 0; i < weights; ++i) m.gradient[i] = gradient(m.image[i], i);
        m.update(s, one_weight);
      }
      CHECK(distance<float>(std::span(m.image).first(weights), x) < 1e-5);
      std::array<float, weights> w;
      std::copy_n(m.image, weights, w.begin());
      const auto [first, fresh] = seen.try_emplace(has_fma(target), w);
      CHECK((fresh || std::ranges::equal(first->second, w)));
    }
  }
}

TEST_CASE("without a gradient, decay shrinks weights by (1 - rate decay)^n, coupled or not") {
  constexpr int steps = 50;
  for (const decay_style style : {decay_style::coupled, decay_style::decoupled}) {
    settings s;
    s.learning_rate = 0.125F, s.momentum = 0, s.weight_decay = 0.25F, s.style = style;
    memory m(weights);
    for (std::size_t i = 0; i < weights; ++i) m.image[i] = begin<float>(i);
    for (; s.step < steps; ++s.step) m.update(s, one_weight);
    const double factor = std::pow(1 - 0.125 * 0.25, steps);
    for (std::size_t i = 0; i < weights; ++i) {
      const double wanted = factor * begin<double>(i);
      CHECK(std::abs(static_cast<double>(m.image[i]) - wanted) <=
            steps * epsilon * std::abs(wanted));
    }
  }
}

TEST_CASE("coupled and decoupled decay are the same for plain SGD, and differ for Adam") {
  const auto run = [](optimizer method, decay_style style) {
    settings s = tenon::defaults(method);
    s.learning_rate = 0.0625F, s.momentum = 0, s.weight_decay = 0.5F, s.style = style;
    memory m(weights);
    for (std::size_t i = 0; i < weights; ++i) m.image[i] = begin<float>(i);
    for (; s.step < 5; ++s.step) {
      for (std::size_t i = 0; i < weights; ++i) m.gradient[i] = gradient(m.image[i], i);
      m.update(s, one_weight);
    }
    return std::vector<float>(m.image, m.image + weights);
  };
  const auto apart = [](const std::vector<float>& a, const std::vector<float>& b) {
    double most = 0;
    for (std::size_t i = 0; i < weights; ++i)
      most = std::max(most, std::abs(static_cast<double>(a[i] - b[i])));
    return most;
  };
  using enum decay_style;
  CHECK(apart(run(optimizer::sgd, coupled), run(optimizer::sgd, decoupled)) < 1e-6);
  CHECK(apart(run(optimizer::adam, coupled), run(optimizer::adam, decoupled)) > 0.05);
  CHECK(run(optimizer::adam, decoupled) == run(optimizer::adamw, by_method));
}

TEST_CASE("L2 shrinks weights in proportion, L1 all by the same amount") {
  const auto shrinkage = [](float l2, float l1, bool proximal) {
    settings s;
    s.learning_rate = 0.125F, s.momentum = 0;
    s.weight_decay = l2, s.l1 = l1, s.l1_proximal = proximal;
    memory m(weights);
    m.image[0] = 10, m.image[1] = 0.1F;
    m.update(s, one_weight);
    return std::array{10 - static_cast<double>(m.image[0]),
                      static_cast<double>(0.1F) - static_cast<double>(m.image[1])};
  };
  const auto l2 = shrinkage(0.25F, 0, false);
  CHECK(l2[0] / l2[1] == doctest::Approx(100).epsilon(1e-5));
  for (const bool proximal : {false, true}) {
    const auto l1 = shrinkage(0, 0.25F, proximal);
    CHECK(l1[0] == doctest::Approx(0.125 * 0.25).epsilon(1e-5));
    CHECK(l1[1] == doctest::Approx(0.125 * 0.25).epsilon(1e-5));
  }
  const auto both = shrinkage(0.25F, 0.25F, false);  // elastic net
  CHECK(both[0] == doctest::Approx(0.125 * 0.25 * 11).epsilon(1e-5));
}

TEST_CASE("the proximal L1 step gives exact zeros, the subgradient does not; sgn 0 is 0") {
  for (const bool proximal : {true, false}) {
    settings s;
    s.learning_rate = 0.125F, s.momentum = 0, s.l1 = 0.25F, s.l1_proximal = proximal;
    memory m(weights);
    for (std::size_t i = 0; i < weights; ++i) m.image[i] = 0.0123F * static_cast<float>(i);
    for (; s.step < 8; ++s.step) m.update(s, one_weight);
    CHECK(m.image[0] == 0.0F);  // stays
    for (std::size_t i = 1; i < weights; ++i) CHECK((m.image[i] == 0.0F) == proximal);
  }
}

TEST_CASE("lasso by proximal steps on orthonormal inputs is the soft threshold") {
  // 1/2 |y - X w|^2 + l1 |w| with X^T X = 1: w = soft(X^T y, l1).
  settings s;
  s.learning_rate = 0.5F, s.momentum = 0, s.l1 = 0.3F, s.l1_proximal = true;
  memory m(weights);
  const auto z = [](std::size_t i) { return 0.1F * (static_cast<float>(i) - 7.5F); };
  for (; s.step < 60; ++s.step) {
    for (std::size_t i = 0; i < weights; ++i) m.gradient[i] = m.image[i] - z(i);
    m.update(s, one_weight);
  }
  for (std::size_t i = 0; i < weights; ++i) {
    const float wanted = std::copysign(std::max(std::abs(z(i)) - 0.3F, 0.0F), z(i));
    CHECK(m.image[i] == doctest::Approx(wanted).epsilon(1e-6));
    if (std::abs(z(i)) < 0.3F) CHECK(m.image[i] == 0.0F);
  }
}

TEST_CASE("ridge regression by decay is (X'X + decay)^-1 X'y") {
  // Two weights with X'X = {{3, 1}, {1, 2}} and X'y = {1, 4}; decay 0.5.
  precise s = plain_sgd(0.2);
  double w[2] = {}, state[4] = {};
  for (; s.step < 500; ++s.step) {
    const double g[2] = {3 * w[0] + w[1] - 1, w[0] + 2 * w[1] - 4};
    HWY_DYNAMIC_DISPATCH(update_exactly)(s, 0.5, 1.0, g, state, w, 2);
  }
  const double determinant = 3.5 * 2.5 - 1;
  CHECK(w[0] == doctest::Approx((2.5 * 1 - 4) / determinant).epsilon(1e-6));
  CHECK(w[1] == doctest::Approx((3.5 * 4 - 1) / determinant).epsilon(1e-6));
}

TEST_CASE("penalties and constraints leave out what does not decay, unless all does") {
  constexpr tenon::parameter_place places[] = {{0, 16, 1, 16, 16, true},
                                               {16, 16, 1, 16, 16, false}};
  for (const bool all : {false, true}) {
    settings s;
    s.momentum = 0, s.weight_decay = 0.5F, s.l1 = 0.5F, s.max_norm = 2, s.decay_all = all;
    memory m(32);
    std::fill_n(m.image, 32, 1.0F);
    m.update(s, places);
    CHECK(m.image[0] < 0.6F);  // norm 2 of 16 equal weights: 0.5
    CHECK((m.image[16] == 1.0F) == !all);
  }
}

TEST_CASE("max-norm projects onto the ball: idempotent, nothing inside of it, its radius outside") {
  // 3 rows of 5 with a stride of 16.
  constexpr tenon::parameter_place place[] = {{0, 48, 3, 5, 16, true}};
  for (const tenon::norm_of what : {tenon::norm_of::unit, tenon::norm_of::layer}) {
    for (const float most : {0.5F, 3.0F, 100.0F}) {
      settings s;
      s.learning_rate = 0, s.max_norm = most, s.norms = what;
      memory m(48);
      for (std::size_t r = 0; r < 3; ++r) {
        for (std::size_t i = 0; i < 5; ++i)
          m.image[r * 16 + i] = begin<float>(5 * r + i) * static_cast<float>(r + 1);
      }
      const auto norms = [&] {
        std::vector<double> rows(3);
        double all = 0;
        for (std::size_t r = 0; r < 3; ++r) {
          for (std::size_t i = 0; i < 16; ++i) {
            const auto w = static_cast<double>(m.image[r * 16 + i]);
            rows[r] += w * w, all += w * w;
          }
          rows[r] = std::sqrt(rows[r]);
        }
        return what == tenon::norm_of::unit ? rows : std::vector<double>{std::sqrt(all)};
      };
      const auto before = norms();
      const std::vector<float> initial(m.image, m.image + 48);
      m.update(s, place);
      const auto after = norms();
      const std::vector<float> projected(m.image, m.image + 48);
      for (std::size_t r = 0; r < before.size(); ++r) {
        if (before[r] <= static_cast<double>(most)) {
          CHECK(after[r] == before[r]);
        } else {
          CHECK(after[r] == doctest::Approx(static_cast<double>(most)).epsilon(2 * epsilon));
        }
      }
      if (most == 100.0F) CHECK(projected == initial);
      m.update(s, place);
      CHECK(std::vector<float>(m.image, m.image + 48) == projected);
    }
  }
}

TEST_CASE("gradients are clipped by their norm, element by element, or unit by unit") {
  constexpr tenon::parameter_place places[] = {{0, 32, 2, 3, 16, true}, {32, 16, 1, 2, 16, false}};
  const auto clipped = [&](clip_mode mode, float clip) {
    settings s;
    s.learning_rate = 1, s.momentum = 0, s.clips = mode, s.clip = clip;
    memory m(48);
    m.image[0] = 3, m.image[1] = 4;  // unit norms 5, 0; the vector's 2
    m.image[33] = 2;
    const std::vector<float> before(m.image, m.image + 48);
    m.gradient[0] = 6, m.gradient[2] = -8, m.gradient[16] = 0.25F, m.gradient[32] = -7;
    m.update(s, places);
    std::vector<double> g(48);
    for (std::size_t i = 0; i < 48; ++i) g[i] = static_cast<double>(before[i] - m.image[i]);
    return std::array{g[0], g[2], g[16], g[32]};
  };
  using doctest::Approx;
  // |g| = sqrt(36 + 64 + 0.0625 + 49)
  const double scale = 2 / std::sqrt(149.0625);
  const auto norm = clipped(clip_mode::norm, 2);
  CHECK(norm[0] == Approx(6 * scale).epsilon(1e-5));
  CHECK(norm[1] == Approx(-8 * scale).epsilon(1e-5));
  CHECK(norm[2] == Approx(0.25 * scale).epsilon(1e-5));
  CHECK(norm[3] == Approx(-7 * scale).epsilon(1e-5));
  CHECK(clipped(clip_mode::norm, 13) == std::array{6.0, -8.0, 0.25, -7.0});  // is smaller
  CHECK(clipped(clip_mode::value, 1) == std::array{1.0, -1.0, 0.25, -1.0});
  // Units of norm 10 and 0.25 over weights of norm 5 and (at least) 1e-3; the vector's 7 over 2.
  const auto agc = clipped(clip_mode::agc, 0.5F);
  CHECK(agc[0] == Approx(6 * 0.25).epsilon(1e-5));
  CHECK(agc[1] == Approx(-8 * 0.25).epsilon(1e-5));
  CHECK(agc[2] == Approx(0.0005).epsilon(1e-3));
  CHECK(agc[3] == Approx(-1.0).epsilon(1e-5));
}

TEST_CASE("a gradient that is no number stays one through every way of clipping") {
  for (const clip_mode mode :
       {clip_mode::none, clip_mode::norm, clip_mode::value, clip_mode::agc}) {
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
      if (mode == clip_mode::value && std::isinf(bad)) continue;  // limited: what was asked for
      if (mode == clip_mode::agc && std::isinf(bad)) continue;
      settings s;
      s.clips = mode, s.clip = 1;
      memory m(weights);
      m.image[0] = 1, m.gradient[0] = bad, m.gradient[1] = 1;
      m.update(s, one_weight);
      CHECK_FALSE(std::isfinite(m.image[0]));
    }
  }
}

TEST_CASE("frozen parameters keep their bits and do not count in the gradient's norm") {
  constexpr tenon::parameter_place places[] = {{0, 16, 1, 16, 16, true}, {16, 16, 1, 16, 16, true}};
  for (const optimizer method : {optimizer::sgd, optimizer::adamw, optimizer::lamb}) {
    const tenon::parameter_rule rules[] = {{.weight_decay = 0.1F, .max_norm = 0.5F, .frozen = true},
                                           {.weight_decay = 0.1F}};
    settings s = tenon::defaults(method);
    s.clips = clip_mode::norm, s.clip = 5, s.learning_rate = 1, s.rules = rules;
    memory m(32);
    for (std::size_t i = 0; i < 32; ++i) m.image[i] = begin<float>(i), m.gradient[i] = 100;
    m.gradient[16] = 3;
    std::fill_n(m.gradient + 17, 15, 0.0F);
    const std::vector<float> before(m.image, m.image + 32);
    m.update(s, places);
    CHECK(std::equal(m.image, m.image + 16, before.begin()));
    CHECK(std::all_of(m.state, m.state + 16, [](float v) { return v == 0; }));
    CHECK(m.image[16] != before[16]);
    if (method == optimizer::sgd)  // 3, not 3 scaled down by the frozen 400
      CHECK(m.image[16] == doctest::Approx(before[16] - 3 - 0.1F * before[16]).epsilon(1e-6));
  }
}

TEST_CASE("a parameter's own rate multiplies the learning rate") {
  constexpr tenon::parameter_place places[] = {{0, 16, 1, 16, 16, true}, {16, 16, 1, 16, 16, true}};
  const tenon::parameter_rule rules[] = {{.rate = 1}, {.rate = 0.25F}};
  for (const optimizer method : {optimizer::sgd, optimizer::adam, optimizer::adagrad}) {
    settings s = tenon::defaults(method);
    s.learning_rate = 0.5F, s.rules = rules;
    memory m(32);
    std::fill_n(m.gradient, 32, 1.0F);
    m.update(s, places);
    CHECK(m.image[0] == doctest::Approx(-0.5));
    CHECK(m.image[16] == 0.25F * m.image[0]);
  }
}

TEST_CASE("lamb: without decay a parameter has no trust ratio, and the step is Adam's") {
  const auto run = [](optimizer method, float decay) {
    settings s = tenon::defaults(method);
    s.epsilon = 1e-6F, s.weight_decay = decay;
    memory m(weights);
    std::fill_n(m.image, weights, 3.0F);
    std::fill_n(m.gradient, weights, 1.0F);
    m.update(s, one_weight);
    return 3 - static_cast<double>(m.image[0]);
  };
  CHECK(run(optimizer::lamb, 0) == doctest::Approx(run(optimizer::adam, 0)).epsilon(1e-5));
  // |w| / |1 + 0.1 w| = 3 / 1.3
  CHECK(run(optimizer::lamb, 0.1F) == doctest::Approx(1e-3 * 1.3 * (3 / 1.3)).epsilon(1e-4));
}

// ---- closed forms, in double

TEST_CASE("gradient descent on 10 x^2 + 100 y^2: x (1 - 20 a)^t and y (1 - 200 a)^t") {
  for (int i = 1; i <= 10; ++i) {
    const double a = 0.001 * i;
    scalar_descent x(plain_sgd(a), 1.5), y(plain_sgd(a), -2.5);
    for (int t = 1; t <= 20; ++t) {
      const double next_x = x.step(20 * x.w()), next_y = y.step(200 * y.w());
      CHECK(next_x == doctest::Approx(1.5 * std::pow(1 - 20 * a, t)).epsilon(1e-12));
      if (i != 5) CHECK(next_y == doctest::Approx(-2.5 * std::pow(1 - 200 * a, t)).epsilon(1e-12));
      if (i == 5) CHECK(std::abs(next_y) < 1e-15);  // 0 after one step
      if (i == 10) CHECK(std::abs(next_y) == doctest::Approx(2.5).epsilon(1e-12));
    }
  }
}

TEST_CASE("a moving average of gradients is sum (1 - b) b^k g_(t - k)") {
  precise s = plain_sgd(0.1, 0.9);
  s.ema_momentum = true;
  scalar_descent x(s, 0);
  std::vector<double> g;
  for (int t = 1; t <= 30; ++t) {
    g.push_back(std::sin(t));
    x.step(g.back());
    double sum = 0;
    for (int k = 0; k < t; ++k)
      sum += 0.1 * std::pow(0.9, k) * g[static_cast<std::size_t>(t - 1 - k)];
    CHECK(x.state() == doctest::Approx(sum).epsilon(1e-12));
  }
}

TEST_CASE("bias correction: of a constant gradient, Adam's corrected mean is that gradient") {
  precise s = tenon::defaults<double>(optimizer::adam);
  scalar_descent x(s, 0);
  for (int t = 1; t <= 100; ++t) {
    x.step(0.37);
    CHECK(x.state() / (1 - std::pow(0.9, t)) == doctest::Approx(0.37).epsilon(1e-12));
    CHECK(x.w() == doctest::Approx(-1e-3 * t).epsilon(1e-6));  // each step is the learning rate
  }
}

TEST_CASE("momentum as a moving average is heavy-ball momentum at (1 - b) times the rate") {
  precise heavy = plain_sgd(0.0004, 0.9), average = plain_sgd(0.004, 0.9);
  average.ema_momentum = true;
  for (const double curvature : {20.0, 200.0}) {
    scalar_descent a(heavy, 2), b(average, 2);
    for (int t = 0; t < 100; ++t) {
      CHECK(a.step(curvature * a.w()) == doctest::Approx(b.step(curvature * b.w())).epsilon(1e-10));
    }
  }
}

TEST_CASE("the first heavy-ball step is the gradient, and later ones add up") {
  scalar_descent x(plain_sgd(1, 0.5), 0);
  CHECK(x.step(1) == -1);
  CHECK(x.step(1) == -2.5);
  CHECK(x.step(1) == -4.25);
}

namespace {

double rosenbrock(double x, double y) { return (x - 1) * (x - 1) + 10 * (y - x * x) * (y - x * x); }
double descend_rosenbrock(precise s, int steps) {
  double w[2] = {-1, 1.5}, state[4] = {};
  for (int i = 0; i < steps; ++i, ++s.step) {
    const double dip = w[1] - w[0] * w[0];
    const double g[2] = {2 * (w[0] - 1) - 40 * w[0] * dip, 20 * dip};
    HWY_DYNAMIC_DISPATCH(update_exactly)(s, 0.0, 1.0, g, state, w, 2);
  }
  return rosenbrock(w[0], w[1]);
}

}  // namespace

TEST_CASE(
    "Rosenbrock's valley: gradient descent at 0.01 arrives, at 0.02 cycles; momentum arrives") {
  CHECK(descend_rosenbrock(plain_sgd(0.01), 5000) == doctest::Approx(1.5e-18).epsilon(0.05));
  CHECK(descend_rosenbrock(plain_sgd(0.02), 5000) == doctest::Approx(0.01245).epsilon(1e-3));
  precise momentum = plain_sgd(0.02, 0.9);
  momentum.ema_momentum = true;
  CHECK(descend_rosenbrock(momentum, 5000) < 1e-28);
}

TEST_CASE("first steps: 10 rates of RMSprop at 0.99, one rate of Adam, whatever the gradient") {
  for (const double g : {1e-3, -0.2, 5.0, -300.0}) {
    precise rms = tenon::defaults<double>(optimizer::rmsprop);
    rms.learning_rate = 0.01;
    CHECK(scalar_descent(rms, 0).step(g) == doctest::Approx(-std::copysign(0.1, g)).epsilon(1e-3));
    precise adam = tenon::defaults<double>(optimizer::adam);
    CHECK(scalar_descent(adam, 0).step(g) ==
          doctest::Approx(-std::copysign(1e-3, g)).epsilon(1e-4));
    // TensorFlow's squares begin at 1: a small gradient's first step is small.
    precise tf = tenon::defaults<double>(optimizer::rmsprop_tf);
    CHECK(scalar_descent(tf, 0).step(g) ==
          doctest::Approx(-0.01 * g / std::sqrt(0.9 + 0.1 * g * g + 1e-10)).epsilon(1e-12));
  }
}

TEST_CASE("the Adam family's steps do not change with the scale of the gradient") {
  for (const optimizer method : {optimizer::adam, optimizer::adamax, optimizer::nadam}) {
    const auto run = [&](double c) {
      precise s = tenon::defaults<double>(method);
      s.epsilon = 1e-30;
      scalar_descent x(s, 1);
      for (int t = 0; t < 50; ++t) x.step(c * (x.w() - std::cos(t)));
      return x.w();
    };
    CHECK(run(1000) == doctest::Approx(run(1)).epsilon(1e-10));
    CHECK(run(1e-3) == doctest::Approx(run(1)).epsilon(1e-10));
  }
}

}  // namespace tests
#endif  // HWY_ONCE
