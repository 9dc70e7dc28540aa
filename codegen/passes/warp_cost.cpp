#include "codegen/passes/warp_cost.hpp"

#include <algorithm>

namespace tenon::codegen {
namespace {

constexpr long rounds(long tiles, long workers) { return (tiles + workers - 1) / workers; }

// A scheduler issues one FMA of a warp per cycle; the four of a multiprocessor share a memory port
// that takes one load of a warp per cycle.
long step_cost(long sums, long loads) {
  constexpr long schedulers = 4;
  return std::max(sums + loads, schedulers * loads);
}

}  // namespace

long warp_cost(const machine& on, long tiles, int rows, int columns) {
  const long loads = (rows + 3) / 4 + columns;  // four weights at a time, from shared memory
  return rounds(tiles, on.workers) * step_cost(long{1} * rows * columns, loads);
}

long group_cost(const machine& on, long tiles, long steps, int rows, int columns) {
  constexpr long adding_lanes = 12;  // five exchanges and additions, and what the warps share
  const long sums = long{1} * rows * columns;
  const long of_warp = rounds(steps, warps_of_group) * step_cost(sums, rows + columns);
  return rounds(tiles * warps_of_group, on.workers) * (of_warp + adding_lanes * sums);
}

}  // namespace tenon::codegen
