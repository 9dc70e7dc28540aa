// The functions of runtime/core/math-inl.h behind pointers, with what their tests hold them to.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace tests {

struct math_function {
  const char* name;
  double (*exact)(double);
  double bound, bound_without_fma;  // of the error, in units in the last place, over all floats
};
extern const std::array<math_function, 5> math_functions;

// y[i] = f(x[i]) for the function of that index, on one target; n is a multiple of 16.
using math_kernel = void (*)(std::size_t which, const float* x, float* y, std::size_t n);
struct math_kernels {
  math_kernel vectors, single_lanes;
};
math_kernels math_kernels_of(std::int64_t target);
std::int64_t math_targets();  // HWY_TARGETS

// What a sweep found so far.
struct math_errors {
  double worst = 0;  // units in the last place
  float worst_at = 0;
  std::uint64_t wrong = 0;  // NaN, infinity or sign where there is none, or the other way round
  float wrong_at = 0;

  void look_at(float x, float found, double exact);
  void join(const math_errors& other);
};

}  // namespace tests
