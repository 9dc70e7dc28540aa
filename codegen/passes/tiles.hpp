// Register tiles by shapes alone: which axes of a kernel they cut, and how far. Kernels come in
// addresses.
#pragma once
#include "codegen/program.hpp"

namespace tenon::codegen {

// The size of tiles that cut `extent` most evenly with at most `most` in each.
int even_tile(int extent, int most);

// At most so many rows and columns of these axes, evenly.
void tile(const kernel& q, schedule& s, int row_axis, int rows, int column_axis, int columns);

// Weights times samples: rows share the samples' loads, columns (positions) share the broadcast
// weights. Axes that both move along go around the tiles: positions of a transform, groups of
// channels.
void tile_contract(const program& p, const kernel& q, schedule& s, const node& weights,
                   const node& samples);

// Samples times samples, summed. Columns are taps of one kernel row where there are enough: they
// share the cache lines of x. Three taps are not (61 instead of 73 % of the peak, 25 channels):
// input channels cut into fuller tiles.
void tile_sums(const program& p, const kernel& q, schedule& s, const node& a, const node& b);

// Rows of a sum over samples whose lanes are columns.
int row_tile(const program& p, const kernel& q);

// How many steps of the tile's sum have their weights in shared memory at once, for all warps of a
// group or, where each has other weights, for each of them; 0: weights come from where they are.
int steps_to_stage(const machine& on, const kernel& q, const schedule& s, const node& weights);

// Whatever is no product takes its panels side by side: they lie next to each other.
void tile_panels(const kernel& q, schedule& s);

}  // namespace tenon::codegen
