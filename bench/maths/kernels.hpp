// Functions over an array that lies in L1: ours and, where Highway's contrib/math has the like,
// its.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace maths {

inline constexpr std::size_t count = 1024;
using function = void (*)(const float* x, float* y);  // `count` floats each

struct kernel {
  std::string_view name, theirs_name;
  double (*exact)(double);
  float low, high;        // of the arguments
  function ours, theirs;  // theirs may be null
};

std::vector<kernel> kernels();
const char* target();

}  // namespace maths
