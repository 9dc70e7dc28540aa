// Register tiles by shapes alone: which axes of a kernel they cut, and how far.
#include "codegen/passes/tiles.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include "codegen/addressed.hpp"
#include "codegen/passes/tile_cost.hpp"
#include "codegen/passes/warp_cost.hpp"

namespace tenon::codegen {
namespace {

constexpr long never = std::numeric_limits<long>::max();

bool touches(const node& read, int axis_id) { return read.index[0].coefficient(axis_id) != 0; }

// An output axis along which `moving` moves and `fixed` stays: its values share what is loaded of
// `fixed`.
int shared_axis(const kernel& q, const node& moving, const node& fixed, bool innermost) {
  int best = -1;
  for (int a = 0; a < q.outer; ++a) {
    if (!touches(moving, a) || touches(fixed, a) || (a == 0 && q.strip >= 0)) continue;
    const int extent = q.extents[static_cast<std::size_t>(a)];
    if (best < 0 || innermost ||
        std::min(extent, 4) > std::min(q.extents[static_cast<std::size_t>(best)], 4))
      best = a;
  }
  return best;
}

int extent_of(const kernel& q, int axis_id) {
  return axis_id < 0 ? 1 : q.extents[static_cast<std::size_t>(axis_id)];
}

// The tile that cuts the extents of its two axes at the lowest cost: 5 x 2 for 25 channels over 10
// positions. cost(rows, columns).
void best_tile(const kernel& q, schedule& s, int row_axis, int column_axis, int most_sums,
               const std::function<long(int, int)>& cost) {
  const int row_extent = extent_of(q, row_axis), column_extent = extent_of(q, column_axis);
  s.row_axis = row_axis, s.column_axis = column_axis;
  long best = never;
  for (int rows = 1; rows <= std::min(row_extent, most_sums); ++rows) {
    for (int columns = 1; columns <= std::min(column_extent, most_sums / rows); ++columns) {
      const long now = cost(rows, columns);
      if (now >= best) continue;
      best = now, s.rows = rows, s.columns = columns;
    }
  }
}

// The same on one core, where what a tile leaves over is a smaller tile.
void best_tile(const kernel& q, schedule& s, int row_axis, int column_axis) {
  best_tile(q, s, row_axis, column_axis, most_accumulators, [&](int rows, int columns) {
    return cut_cost(extent_of(q, row_axis), extent_of(q, column_axis), rows, columns);
  });
}

// Tiles of a kernel that cut these axes: what is left over takes a whole one. `across` rows or
// columns of a third axis belong to each tile.
long tiles_of(const kernel& q, int row_axis, int rows, int column_axis, int columns,
              int across = 1) {
  long tiles = 1;
  for (int a = 0; a < q.outer; ++a) tiles *= extent_of(q, a);
  const auto cut = [](int extent, int tile) { return (extent + tile - 1) / tile; };
  tiles /= long{1} * extent_of(q, row_axis) * extent_of(q, column_axis) * across;
  return tiles * cut(extent_of(q, row_axis), rows) * cut(extent_of(q, column_axis), columns);
}

// One column of 8 to 12 rows, or 0 rows where there are fewer. The FMA itself broadcasts a weight
// that is used once; with several columns GCC reads the samples again for each row, and full
// vectors take two of the load ports where a weight takes one. Sums over 16 or 32 channels, from
// L1: 98 instead of 74 and 79 % of the peak with 4 x 3, 92 and 94 with 8 x 2.
int tall_tile(int extent) {
  constexpr int least = 8;
  for (int rows = least; rows <= most_accumulators; ++rows) {
    if (extent % rows == 0) return rows;
  }
  return extent < least ? 0 : even_tile(extent, most_accumulators);
}

// The axis of kernel rows above the taps of `column`, where all taps of a small kernel fit one
// tile: 2 x (3 x 3) sums take each value of x from L2 once for nine taps, 4 x 3 take it three times
// and wait for L2 (74 instead of 95 % of the peak). On targets with 16 registers a few of the 18
// accumulators spill, which costs less than that.
int plane_of(const kernel& q, const node& a, const node& b, int column) {
  constexpr int most_taps = 9;
  const int plane = column - 1;
  if (plane < 0 || !touches(b, plane) || touches(a, plane)) return -1;
  const int taps = extent_of(q, plane) * extent_of(q, column);
  return extent_of(q, plane) > 1 && extent_of(q, column) > 1 && taps <= most_taps &&
                 extent_of(q, column) <= 3
             ? plane
             : -1;
}

// Side by side a tile that would reach beyond the end begins earlier, and what two tiles share is
// written twice.
bool cuts(const program& p, const kernel& q, int axis_id, int tile) {
  return extent_of(q, axis_id) % tile == 0 || alone_writes(p, q);
}

int steps_of(const kernel& q) {
  int steps = 1;
  for (std::size_t a = static_cast<std::size_t>(q.outer); a < q.extents.size(); ++a)
    steps *= q.extents[a];
  return steps;
}

// Fragments are 16 rows high: fewer rows, or a few steps, would leave them empty.
constexpr int fragment_rows = 16;

bool takes_fragments(const program& p, const kernel& q, int row) {
  return p.on.products != precision::float32 && row >= 0 && extent_of(q, row) >= fragment_rows &&
         find_reduction(q.value) && steps_of(q) >= fragment_rows && alone_writes(p, q);
}

// Two fragments of rows share what is loaded of the samples; positions as many as keep all warps
// busy.
void tile_fragments(const program& p, const kernel& q, schedule& s, int row, int column) {
  s.fragment = p.on.products == precision::tf32 ? 8 : 16;
  s.row_axis = row, s.column_axis = column;
  s.rows = extent_of(q, row) >= 2 * fragment_rows ? 2 * fragment_rows : fragment_rows;
  s.columns = std::min(extent_of(q, column), p.on.most_sums / s.rows);
  while (s.columns > 1 &&
         tiles_of(q, row, s.rows, column, s.columns) * p.blocks() < long{1} * p.on.workers)
    --s.columns;
}

// Side by side: sums over the weights' rows for each of the positions.
void tile_contract_for_warps(const program& p, const kernel& q, schedule& s, int row, int column) {
  if (takes_fragments(p, q, row)) return tile_fragments(p, q, s, row, column);
  best_tile(q, s, row, column, p.on.most_sums, [&](int rows, int columns) {
    if (!cuts(p, q, row, rows) || !cuts(p, q, column, columns)) return never;
    const long tiles = tiles_of(q, row, rows, column, columns) * p.blocks();
    return warp_cost(p.on, tiles, rows, columns);
  });
}

// Side by side: a group of warps for each tile of sums over positions.
void tile_sums_for_warps(const program& p, const kernel& q, schedule& s, int row, int taps,
                         int plane) {
  long steps = (p.blocks() + p.parts() - 1) / p.parts();
  for (std::size_t a = static_cast<std::size_t>(q.outer); a < q.extents.size(); ++a)
    steps *= q.extents[a];
  const int across = extent_of(q, plane);
  // Groups of eight warps leave 128 registers to a thread: 64 sums would go to memory.
  const int most_sums = p.on.most_sums * 3 / 4;
  best_tile(q, s, row, taps, most_sums / across, [&](int rows, int columns) {
    if (plane >= 0 && columns < extent_of(q, taps)) return never;
    if (!cuts(p, q, row, rows) || !cuts(p, q, taps, columns)) return never;
    const long tiles = tiles_of(q, row, rows, taps, columns, across) * p.parts();
    return group_cost(p.on, tiles, steps, rows, columns * across);
  });
  s.plane_axis = plane, s.planes = across;
}

}  // namespace

int even_tile(int extent, int most) {
  const int tiles = (extent + most - 1) / most;
  for (int t = std::min(extent, most); 4 * t >= 3 * std::min(extent, most) && t > 1; --t) {
    if (extent % t == 0) return t;
  }
  return (extent + tiles - 1) / tiles;
}

void tile(const kernel& q, schedule& s, int row_axis, int rows, int column_axis, int columns) {
  s.row_axis = row_axis, s.column_axis = column_axis;
  s.rows = row_axis < 0 ? 1 : even_tile(extent_of(q, row_axis), rows);
  s.columns = column_axis < 0 ? 1 : even_tile(extent_of(q, column_axis), columns);
}

void tile_contract(const program& p, const kernel& q, schedule& s, const node& weights,
                   const node& samples) {
  const int row = shared_axis(q, weights, samples, false);
  for (int a = 0; a < q.outer && a < 32; ++a) {
    if (touches(weights, a) && touches(samples, a)) s.around |= 1u << a;
  }
  if (p.on.workers > 1)
    return tile_contract_for_warps(p, q, s, row, shared_axis(q, samples, weights, true));
  const bool broadcast = lane_step_of(weights) == 0;
  const int tall = s.around != 0 && row >= 0 && broadcast ? tall_tile(extent_of(q, row)) : 0;
  if (tall > 0)
    s.row_axis = row, s.rows = tall;
  else
    best_tile(q, s, row, shared_axis(q, samples, weights, true));
}

void tile_sums(const program& p, const kernel& q, schedule& s, const node& a, const node& b) {
  const int row = shared_axis(q, a, b, false);
  const int taps = shared_axis(q, b, a, true);
  const int plane = plane_of(q, a, b, taps);
  if (p.on.workers > 1) return tile_sums_for_warps(p, q, s, row, taps, plane);
  if (plane >= 0) {
    s.row_axis = row, s.column_axis = taps, s.plane_axis = plane;
    s.planes = extent_of(q, plane), s.columns = extent_of(q, taps);
    s.rows = std::min(2, extent_of(q, row));
    return;
  }
  best_tile(q, s, row, extent_of(q, taps) > 3 ? taps : shared_axis(q, b, a, false));
}

int row_tile(const program& p, const kernel& q) {
  constexpr int most_rows = 8;  // of a warp: 8 FMAs for 9 loads
  if (p.on.workers == 1) return even_tile(extent_of(q, 0), most_accumulators);
  int rows = std::min(extent_of(q, 0), most_rows);
  while (!cuts(p, q, 0, rows)) --rows;
  return rows;
}

int steps_to_stage(const machine& on, const kernel& q, const schedule& s, const node& weights) {
  if (s.row_axis < 0 || s.rows == 1 || !find_reduction(q.value)) return 0;
  long along = 1;  // tiles that share weights
  for (int a = 0; a < q.outer; ++a) {
    const int tile = a == s.column_axis ? s.columns : 1;
    if (!touches(weights, a)) along *= (extent_of(q, a) + tile - 1) / tile;
  }
  const int sharers = along == 1 ? warps_of_group : 1;
  if (s.fragment > 0) {
    const int most_steps = sharers == 1 ? 512 : 32;  // of 32 rows: 84 KB, or 5 KB for each warp
    return std::min((steps_of(q) + s.fragment - 1) / s.fragment * s.fragment, most_steps);
  }
  const std::size_t row = sizeof(float) * static_cast<std::size_t>((s.rows + 3) / 4 * 4 * sharers);
  int inner = 1;
  for (std::size_t a = static_cast<std::size_t>(q.outer) + 1; a < q.extents.size(); ++a)
    inner *= q.extents[a];
  for (int steps = extent_of(q, q.outer); steps > 0; --steps) {
    const std::size_t bytes =
        row * static_cast<std::size_t>(steps) * static_cast<std::size_t>(inner);
    if (extent_of(q, q.outer) % steps == 0 && bytes <= on.shared_bytes) return steps * inner;
  }
  return 0;
}

void tile_panels(const kernel& q, schedule& s) {
  constexpr int most_panels = 4;
  s.column_axis = panel_axis_of(q);
  if (s.column_axis >= 0) s.columns = even_tile(extent_of(q, s.column_axis), most_panels);
}

}  // namespace tenon::codegen
