// Steps of optimizers on a few weights, for tests: in float as emitted code takes them, on the
// target that is chosen (targets.hpp), and in double.
#pragma once
#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <span>

#include "runtime/core/emitted.hpp"

namespace tests {

// What emitted code calls. state: [2][floats].
void update(const tenon::settings& s, std::span<const tenon::parameter_place> places,
            float* gradient, float* state, float* image, std::size_t floats);

// The same rules on n doubles; state: [2][n]. lamb's trust ratio and penalties but for decay are
// not of the rules.
void update_exactly(const tenon::basic_settings<double>& s, double decay, double shrink,
                    const double* gradient, double* state, double* weight, std::size_t n);

using precise = tenon::basic_settings<double>;

inline constexpr std::size_t weights = 16;
inline constexpr double epsilon = 0x1p-23;  // of float

// The problem of make_optimizers.py.
inline double curvature(std::size_t i) { return std::ldexp(1.0, static_cast<int>(i % 6) - 3); }
template <class T>
T gradient(T w, std::size_t i) {
  const T centre = (static_cast<T>(i) - 7) / 4;
  return static_cast<T>(curvature(i)) * (w - centre) + w * w * w / 8;
}
template <class T>
T begin(std::size_t i) {
  return (static_cast<T>((5 * i) % 16) - 8) / 8 + T(1) / 16;
}

// Parameters as emitted code holds them, with gradients and state.
struct memory {
  explicit memory(std::size_t floats) : n(floats) {}
  static constexpr std::size_t capacity = 256;
  alignas(64) float image[capacity] = {}, gradient[capacity] = {}, state[2 * capacity] = {};
  std::size_t n;

  void update(const tenon::settings& s, std::span<const tenon::parameter_place> places) {
    REQUIRE(n <= capacity);
    tests::update(s, places, gradient, state, image, n);
  }
};
inline constexpr tenon::parameter_place one_weight[] = {{0, 16, 1, 16, 16, true}};

// The same numbers for one scalar weight, in double.
class scalar_descent {
 public:
  scalar_descent(precise s, double w) : s_(s), w_(w) {}
  double step(double g) {
    update_exactly(s_, 0.0, 1.0, &g, state_, &w_, 1);
    ++s_.step;
    return w_;
  }
  double w() const { return w_; }
  double state() const { return state_[0]; }

 private:
  precise s_;
  double w_, state_[2] = {};
};

inline precise plain_sgd(double rate, double momentum = 0) {
  precise s;
  s.learning_rate = rate, s.momentum = momentum;
  return s;
}

}  // namespace tests
