// The hand-written kernels as values: what runs, what it computes, how far it is from plain loops.
#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace hand_written {

struct kernel {
  std::string name;  // "conv2d/16->16,32x32,3x3/block16/forward"
  double flops;      // of one call, on a block of samples
  std::function<void()> run;
  std::function<double()> error;  // of the last run against plain loops; seconds for large shapes
};

using kernels = std::vector<kernel>;

inline constexpr double tolerance = 1e-5;  // of error(): relative to the largest value

}  // namespace hand_written
