#include "tests/core/math_functions.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/core/math_functions.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <tenon/core.hpp>

HWY_BEFORE_NAMESPACE();
namespace tests::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class D>
void apply(D d, std::size_t which, const float* x, float* y, std::size_t n) {
  namespace core = tenon::HWY_NAMESPACE;
  const auto each = [&](auto f) {
    for (std::size_t i = 0; i < n; i += hn::Lanes(d)) hn::StoreU(f(hn::LoadU(d, x + i)), d, y + i);
  };
  if (which == 0) each([&](auto v) { return core::exp(d, v); });
  if (which == 1) each([&](auto v) { return core::log(d, v); });
  if (which == 2) each([&](auto v) { return core::tanh(d, v); });
  if (which == 3) each([&](auto v) { return core::sigmoid(d, v); });
  if (which == 4) each([&](auto v) { return core::erf(d, v); });
}

void apply_vectors(std::size_t which, const float* x, float* y, std::size_t n) {
  apply(hn::CappedTag<float, 16>(), which, x, y, n);
}
void apply_single_lanes(std::size_t which, const float* x, float* y, std::size_t n) {
  apply(hn::CappedTag<float, 1>(), which, x, y, n);
}

}  // namespace tests::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#  include <algorithm>
#  include <bit>
#  include <cmath>

#  include "tests/core/targets.hpp"

namespace tests {
HWY_EXPORT(apply_vectors);
HWY_EXPORT(apply_single_lanes);

namespace {

double exact_sigmoid(double x) {
  return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}

// A float's unit in the last place at |x|.
double unit_at(double x) {
  const auto exponent = static_cast<int>(std::bit_cast<std::uint64_t>(x) >> 52 & 2047) - 1023;
  const int lowest = std::max(exponent, -126) - 23;
  return std::bit_cast<double>(static_cast<std::uint64_t>(lowest + 1023) << 52);
}

}  // namespace

const std::array<math_function, 5> math_functions = {{{"exp", std::exp, 1.03, 0.99},
                                                      {"log", std::log, 0.96, 0.96},
                                                      {"tanh", std::tanh, 1.75, 1.67},
                                                      {"sigmoid", exact_sigmoid, 2, 2.18},
                                                      {"erf", std::erf, 1.67, 1.99}}};

std::int64_t math_targets() { return HWY_TARGETS; }

math_kernels math_kernels_of(std::int64_t target) {
  const only_target only(target);
  return {&HWY_DYNAMIC_DISPATCH(apply_vectors), &HWY_DYNAMIC_DISPATCH(apply_single_lanes)};
}

void math_errors::look_at(float x, float found, double exact) {
  const auto rounded = static_cast<float>(exact);
  bool right = true;
  if (std::isnan(rounded))
    right = std::isnan(found);
  else if (std::isinf(rounded) || std::isinf(found))
    right = rounded == found;
  else
    right = std::signbit(rounded) == std::signbit(found) && !std::isnan(found);
  if (!right && wrong++ == 0) wrong_at = x;
  if (!right || !std::isfinite(rounded)) return;
  const double error = std::abs(static_cast<double>(found) - exact) / unit_at(exact);
  if (error > worst) worst = error, worst_at = x;
}

void math_errors::join(const math_errors& other) {
  if (other.worst > worst) worst = other.worst, worst_at = other.worst_at;
  if (wrong == 0) wrong_at = other.wrong_at;
  wrong += other.wrong;
}

}  // namespace tests
#endif
