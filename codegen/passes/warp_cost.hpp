// What a register tile costs where many warps work side by side, by counting.
#pragma once
#include "codegen/machine.hpp"

namespace tenon::codegen {

// Of `tiles` tiles of rows x columns sums, weights times samples, each the work of one warp: in
// issue slots per step of the sums, times the rounds that all tiles take.
long warp_cost(const machine& on, long tiles, int rows, int columns);

// Of tiles of sums over `steps` positions, samples times samples, each the work of a group of warps
// that shares out the steps and adds its lanes and warps at the end: in issue slots.
long group_cost(const machine& on, long tiles, long steps, int rows, int columns);

constexpr int warps_of_group = 8;  // that share the steps of a sum

}  // namespace tenon::codegen
