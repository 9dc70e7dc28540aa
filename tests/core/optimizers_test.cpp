// The optimizers against PyTorch's steps (data/optimizers.txt), in double and in float, and against
// closed forms.
#include <doctest/doctest.h>
#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/core/targets.hpp"
#include "tests/core/updates.hpp"

namespace tests {
namespace {

using tenon::decay_style;
using tenon::optimizer;
using tenon::settings;

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
      update_exactly(s, decay, shrink, g, state, w, weights);
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

TEST_CASE("stopping gradient descent after 1 / (rate decay) steps is what the decay does") {
  // Loss curvature / 2 (w - 1)^2 from w = 0; the ratio of both is 1 to first order in curvature.
  const auto apart = [](double of_loss) {
    constexpr double rate = 0.01, decay = 0.1;
    const auto weight_after = [&](double by, std::uint64_t steps) {
      precise s = plain_sgd(rate);
      double w = 0, state[2] = {};
      for (; s.step < steps; ++s.step) {
        const double g = of_loss * (w - 1);
        update_exactly(s, by, 1.0, &g, state, &w, 1);
      }
      return w;
    };
    return weight_after(0, 1000) / weight_after(decay, 40'000) - 1;
  };
  CHECK(apart(1e-3) == doctest::Approx(0.0049718).epsilon(1e-6));  // decay / 100: half a percent
  CHECK(apart(1e-4) < 0.001);
  CHECK(apart(0.1) == doctest::Approx(0.264609).epsilon(1e-6));  // at the decay itself: not equal
}

TEST_CASE("ridge regression by decay is (X'X + decay)^-1 X'y") {
  // Two weights with X'X = {{3, 1}, {1, 2}} and X'y = {1, 4}; decay 0.5.
  precise s = plain_sgd(0.2);
  double w[2] = {}, state[4] = {};
  for (; s.step < 500; ++s.step) {
    const double g[2] = {3 * w[0] + w[1] - 1, w[0] + 2 * w[1] - 4};
    update_exactly(s, 0.5, 1.0, g, state, w, 2);
  }
  const double determinant = 3.5 * 2.5 - 1;
  CHECK(w[0] == doctest::Approx((2.5 * 1 - 4) / determinant).epsilon(1e-6));
  CHECK(w[1] == doctest::Approx((3.5 * 4 - 1) / determinant).epsilon(1e-6));
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
    update_exactly(s, 0.0, 1.0, g, state, w, 2);
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
