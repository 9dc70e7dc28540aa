#include "runtime/train/difference.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace tenon::runtime {
namespace {

constexpr double step = 1e-5;
constexpr double rounding = 8;  // units in the last place of the loss: it is a sum of many terms

double relative(double a, double b, double floor) {
  return std::abs(a - b) / std::max({std::abs(a), std::abs(b), floor});
}

}  // namespace

double difference_floor(double f_x, double tolerance) {
  const double noise =
      rounding * std::numeric_limits<double>::epsilon() * std::max(1.0, std::abs(f_x)) / step;
  return noise / tolerance;
}

// Where the central difference disagrees, a shorter step may pass a corner by (its rounding error
// is larger in proportion, and so is its floor). If none agrees, it is a corner exactly if the
// derivative lies between the differences to either side and these lie apart: a wrong derivative of
// a smooth function lies outside, for there they differ by h · f'' only.
difference_result check_derivative(const std::function<double(double)>& f, double x, double f_x,
                                   double derivative, double floor, double tolerance) {
  double least = std::numeric_limits<double>::infinity();
  bool between = false;
  for (const double shrink : std::array{1.0, 8.0, 64.0}) {
    // The step that x can really take.
    const double wanted = step / shrink * std::max(1.0, std::abs(x)), above = x + wanted,
                 below = x - wanted;
    const double f_above = f(above), f_below = f(below);
    const double central = (f_above - f_below) / (above - below);
    least = std::min(least, relative(derivative, central, floor * shrink));
    if (least <= tolerance) return {least, false};
    const double right = (f_above - f_x) / (above - x), left = (f_x - f_below) / (x - below);
    const double slack = tolerance * std::max({std::abs(left), std::abs(right), floor * shrink});
    between =
        derivative >= std::min(left, right) - slack && derivative <= std::max(left, right) + slack;
  }
  return {least, between};
}

}  // namespace tenon::runtime
