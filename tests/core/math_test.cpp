// exp, log, tanh, sigmoid, erf: error bounds and special values on every target, equal bits within
// its family. math_every_float_test.cpp looks at every float there is.
#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "tests/core/math_functions.hpp"
#include "tests/core/targets.hpp"

namespace tests {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

// Every `step`-th float by its bits: all exponents, both signs, infinities and NaNs.
std::vector<float> sweep(std::uint32_t step) {
  std::vector<float> x;
  for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += step) {
    x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  }
  x.resize((x.size() + 15) / 16 * 16, 0.0F);
  return x;
}

std::vector<float> run(math_kernel kernel, std::size_t which, const std::vector<float>& x) {
  std::vector<float> y(x.size());
  kernel(which, x.data(), y.data(), x.size());
  return y;
}

std::size_t different_bits(const std::vector<float>& a, const std::vector<float>& b) {
  std::size_t different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool both_nan = std::isnan(a[i]) && std::isnan(b[i]);
    different +=
        !both_nan && std::bit_cast<std::uint32_t>(a[i]) != std::bit_cast<std::uint32_t>(b[i]);
  }
  return different;
}

}  // namespace

TEST_CASE(
    "errors of the vector maths stay below their bounds on every target, and bits agree within a "
    "family") {
  const std::vector<float> x = sweep(1021);  // a prime: no pattern in the low bits
  for (std::size_t which = 0; which < math_functions.size(); ++which) {
    const math_function& f = math_functions[which];
    CAPTURE(f.name);
    std::map<bool, std::vector<float>> of_family;
    for (const std::int64_t target : usable_targets(math_targets())) {
      CAPTURE(hwy::TargetName(target));
      const std::vector<float> y = run(math_kernels_of(target).vectors, which, x);
      std::vector<float>& family = of_family[has_fma(target)];
      if (family.empty()) family = y;
      CHECK(different_bits(y, family) == 0);
    }
    std::map<bool, math_errors> errors;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double exact = f.exact(static_cast<double>(x[i]));
      for (const auto& [fma, y] : of_family) errors[fma].look_at(x[i], y[i], exact);
    }
    for (const auto& [fma, found] : errors) {
      CAPTURE(fma);
      CAPTURE(found.worst_at);
      CAPTURE(found.wrong_at);
      CHECK(found.wrong == 0);
      CHECK(found.worst <= (fma ? f.bound : f.bound_without_fma));
    }
  }
}

TEST_CASE("one lane gives the bits of sixteen") {
  const std::vector<float> x = sweep(65521);
  for (const std::int64_t target : usable_targets(math_targets())) {
    const math_kernels kernels = math_kernels_of(target);
    for (std::size_t which = 0; which < math_functions.size(); ++which) {
      CAPTURE(hwy::TargetName(target));
      CAPTURE(math_functions[which].name);
      CHECK(different_bits(run(kernels.vectors, which, x), run(kernels.single_lanes, which, x)) ==
            0);
    }
  }
}

TEST_CASE("limits and special values are exact on every target") {
  struct expected {
    std::size_t which;
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
    const math_kernels kernels = math_kernels_of(target);
    for (const expected& e : table) {
      CAPTURE(hwy::TargetName(target));
      CAPTURE(math_functions[e.which].name);
      CAPTURE(e.x);
      std::vector<float> x(16, 0.25F);
      x[5] = e.x;
      const float y = run(kernels.vectors, e.which, x)[5];
      const float one = run(kernels.single_lanes, e.which, x)[5];
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
    const math_kernel kernel = math_kernels_of(target).vectors;
    for (const std::size_t which : {2U, 4U}) {
      const std::vector<float> y = run(kernel, which, x), z = run(kernel, which, negative);
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        if (!std::isnan(x[i])) wrong += !(y[i] == -z[i]) || std::abs(y[i]) > 1;
      }
      CHECK(wrong == 0);
    }
  }
}

}  // namespace tests
