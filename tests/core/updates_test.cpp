// What a step does besides the optimizer's formula: decay, penalties, constraints, clipping, rules
// of single parameters.
#include "tests/core/updates.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace tests {
namespace {

using tenon::clip_mode;
using tenon::decay_style;
using tenon::optimizer;
using tenon::settings;

}  // namespace

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

}  // namespace tests
