// exp, log, tanh, sigmoid, erf: error bounds and special values on every target, equal bits within
// its family.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/core/math_test.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <tenon/core.hpp>

HWY_BEFORE_NAMESPACE();
namespace tests::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// y[i] = f(x[i]) for n a multiple of 16; `which` counts as in the table of functions below.
void apply(int which, const float* x, float* y, size_t n) {
  namespace core = tenon::HWY_NAMESPACE;
  const hn::CappedTag<float, 16> d;
  for (size_t i = 0; i < n; i += hn::Lanes(d)) {
    const auto v = hn::LoadU(d, x + i);
    switch (which) {
      case 0:
        hn::StoreU(core::exp(d, v), d, y + i);
        break;
      case 1:
        hn::StoreU(core::log(d, v), d, y + i);
        break;
      case 2:
        hn::StoreU(core::tanh(d, v), d, y + i);
        break;
      case 3:
        hn::StoreU(core::sigmoid(d, v), d, y + i);
        break;
      default:
        hn::StoreU(core::erf(d, v), d, y + i);
        break;
    }
  }
}

// Vectors of fewer lanes take the same way.
float apply_to_one(int which, float x) {
  const hn::CappedTag<float, 1> d;
  namespace core = tenon::HWY_NAMESPACE;
  const auto v = hn::Set(d, x);
  switch (which) {
    case 0:
      return hn::GetLane(core::exp(d, v));
    case 1:
      return hn::GetLane(core::log(d, v));
    case 2:
      return hn::GetLane(core::tanh(d, v));
    case 3:
      return hn::GetLane(core::sigmoid(d, v));
    default:
      return hn::GetLane(core::erf(d, v));
  }
}

}  // namespace tests::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#  include <doctest/doctest.h>

#  include <algorithm>
#  include <array>
#  include <bit>
#  include <cmath>
#  include <limits>
#  include <map>
#  include <vector>

#  include "tests/core/targets.hpp"

namespace tests {
HWY_EXPORT(apply);
HWY_EXPORT(apply_to_one);

namespace {

double exact_sigmoid(double x) {
  return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}

struct function {
  const char* name;
  double (*exact)(double);
  double bound, bound_without_fma;  // units in the last place
};
// The bounds are those of the sweeps in math-inl.h.
constexpr std::array<function, 5> functions = {{{"exp", std::exp, 1.03, 1.03},
                                                {"log", std::log, 0.86, 0.9},
                                                {"tanh", std::tanh, 5.3, 7.1},
                                                {"sigmoid", exact_sigmoid, 2.41, 2.41},
                                                {"erf", std::erf, 6.0, 7.9}}};

// Every `step`-th float by its bits: all exponents, both signs, infinities and NaNs.
std::vector<float> sweep(std::uint32_t step) {
  std::vector<float> x;
  for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += step) {
    x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  }
  x.resize((x.size() + 15) / 16 * 16, 0.0F);
  return x;
}

double error_in_ulp(float found, double exact) {
  int exponent = 0;
  std::frexp(static_cast<float>(exact), &exponent);
  return std::abs(static_cast<double>(found) - exact) /
         std::ldexp(1.0, std::max(exponent - 24, -149));
}

std::vector<float> run(int which, const std::vector<float>& x) {
  std::vector<float> y(x.size());
  HWY_DYNAMIC_DISPATCH(apply)(which, x.data(), y.data(), x.size());
  return y;
}

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TEST_CASE(
    "errors of the vector maths stay below their bounds on every target, and bits agree within a "
    "family") {
  const std::vector<float> x = sweep(16381);  // a prime: no pattern in the low bits
  for (int which = 0; which < static_cast<int>(functions.size()); ++which) {
    const function& f = functions[static_cast<std::size_t>(which)];
    std::map<bool, std::vector<float>> of_family;
    for (const std::int64_t target : usable_targets(HWY_TARGETS)) {
      CAPTURE(f.name);
      CAPTURE(hwy::TargetName(target));
      const only_target only(target);
      const std::vector<float> y = run(which, x);
      double worst = 0;
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double exact = f.exact(static_cast<double>(x[i]));
        const auto rounded = static_cast<float>(exact);
        if (std::isnan(rounded))
          wrong += !std::isnan(y[i]);
        else if (std::isinf(rounded) || std::isinf(y[i]))
          wrong += rounded != y[i];
        else
          wrong += std::signbit(rounded) != std::signbit(y[i]),
              worst = std::max(worst, error_in_ulp(y[i], exact));
      }
      CHECK(wrong == 0);
      CHECK(worst <= (has_fma(target) ? f.bound : f.bound_without_fma));
      std::vector<float>& family = of_family[has_fma(target)];
      if (family.empty()) family = y;
      std::size_t different = 0;
      for (std::size_t i = 0; i < y.size(); ++i) {
        different += !std::isnan(y[i]) &&
                     std::bit_cast<std::uint32_t>(y[i]) != std::bit_cast<std::uint32_t>(family[i]);
      }
      CHECK(different == 0);
    }
  }
}

TEST_CASE("limits and special values are exact on every target") {
  struct expected {
    int which;
    float x, y;
  };
  const std::vector<expected> table = {{0, 0.0F, 1.0F},
                                       {0, infinity, infinity},
                                       {0, -infinity, 0.0F},
                                       {0, 88.8F, infinity},
                                       {0, -104.0F, 0.0F},
                                       {0, -103.0F, 0x1p-149F},
                                       {0, 3e38F, infinity},
                                       {0, -3e38F, 0.0F},
                                       {1, 1.0F, 0.0F},
                                       {1, 0.0F, -infinity},
                                       {1, -0.0F, -infinity},
                                       {1, infinity, infinity},
                                       {1, -1.0F, nan},
                                       {1, -infinity, nan},
                                       {1, -0x1p-149F, nan},
                                       {1, 0x1p-149F, -103.278931F},
                                       {2, 0.0F, 0.0F},
                                       {2, -0.0F, -0.0F},
                                       {2, infinity, 1.0F},
                                       {2, -infinity, -1.0F},
                                       {2, 9.5F, 1.0F},
                                       {2, -20.0F, -1.0F},
                                       {2, 0x1p-149F, 0x1p-149F},
                                       {2, -0x1p-100F, -0x1p-100F},
                                       {3, 0.0F, 0.5F},
                                       {3, infinity, 1.0F},
                                       {3, -infinity, 0.0F},
                                       {3, 20.0F, 1.0F},
                                       {3, -104.0F, 0.0F},
                                       {4, 0.0F, 0.0F},
                                       {4, -0.0F, -0.0F},
                                       {4, infinity, 1.0F},
                                       {4, -infinity, -1.0F},
                                       {4, 4.1F, 1.0F},
                                       {4, -9.0F, -1.0F},
                                       {0, nan, nan},
                                       {1, nan, nan},
                                       {2, nan, nan},
                                       {3, nan, nan},
                                       {4, nan, nan}};
  for (const std::int64_t target : usable_targets(HWY_TARGETS)) {
    const only_target only(target);
    for (const expected& e : table) {
      CAPTURE(hwy::TargetName(target));
      CAPTURE(functions[static_cast<std::size_t>(e.which)].name);
      CAPTURE(e.x);
      std::vector<float> x(16, 0.25F);
      x[5] = e.x;
      const float y = run(e.which, x)[5];
      const float one = HWY_DYNAMIC_DISPATCH(apply_to_one)(e.which, e.x);
      if (std::isnan(e.y)) {
        CHECK(std::isnan(y));
        CHECK(std::isnan(one));
      } else {
        CHECK(std::bit_cast<std::uint32_t>(y) == std::bit_cast<std::uint32_t>(e.y));
        CHECK(std::bit_cast<std::uint32_t>(one) == std::bit_cast<std::uint32_t>(e.y));
      }
    }
  }
}

TEST_CASE("odd functions are odd to the bit, and none leaves [-1, 1]") {
  const std::vector<float> x = sweep(65521);
  std::vector<float> negative = x;
  for (float& v : negative) v = -v;
  for (const std::int64_t target : usable_targets(HWY_TARGETS)) {
    CAPTURE(hwy::TargetName(target));
    const only_target only(target);
    for (const int which : {2, 4}) {
      const std::vector<float> y = run(which, x), z = run(which, negative);
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        if (!std::isnan(x[i])) wrong += !(y[i] == -z[i]) || std::abs(y[i]) > 1;
      }
      CHECK(wrong == 0);
    }
  }
}

}  // namespace tests
#endif
