// `tenon tune`: builds a network's program with one candidate tile per kernel at a time, times all
// kernels of these programs in turns, and keeps the fastest of each.
#pragma once
#include <string>
#include <vector>

#include "codegen/tool/build.hpp"

namespace tenon::tool {

// Kernels with one key are one function; they are tuned together.
struct tunable {
  std::string key;
  std::vector<std::string> names;  // "train conv2d_3", as `bench --json` says mode and name
  std::vector<std::string> tiles;  // "6x2 columns"; the cost model's own first
  std::vector<double>
      microseconds{};  // by tile, of all kernels of the name once; what was measured
};

struct tuning_plan {
  int candidates = 6;    // tiles per kernel
  int turns = 3;         // each program is timed so often, and a kernel's least time counts
  double seconds = 0.5;  // of each program and turn
};

std::vector<tunable> tune(const request& asked, const installation& place, const workshop& shop,
                          const tuning_plan& plan);

// The index of the tile to keep: the model's, unless another is faster by more than clocks vary.
std::size_t best_of(const tunable& kernel);

// The file that --tuned reads. `heading`: of what, and on what it was measured.
std::string tuning_text(const std::vector<tunable>& kernels, const std::string& heading);

}  // namespace tenon::tool
