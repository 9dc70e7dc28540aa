// Rows of outputs outermost reads the samples once per tile of rows: best where they stay in L2.
// A 1 x 1 convolution over 32 x 32 positions of 16 samples reads 2 MB eleven times from L3 that way
// (65 % of the FMA peak); with positions outermost a few KB of samples stay in L1 while all weights
// pass.
#include "codegen/passes/loop_order.hpp"

#include <cmath>

namespace tenon::codegen {
namespace {

// Half of the usual sizes of L1 and L2: the other operands want room too.
constexpr double l1 = 24 * 1024, l2 = 512 * 1024;

// Cycles until bytes are in L1 that lie in the smallest cache which holds `footprint`.
double cycles(double bytes, double footprint) {
  if (footprint <= l1) return 0;
  return bytes / (footprint <= l2 ? 64 : 10);
}

double extents(const kernel& q, const node& read, int from, int to) {
  double n = 1;
  for (int a = from; a < to; ++a) {
    if (read.index[0].coefficient(a) != 0) n *= q.extents[static_cast<std::size_t>(a)];
  }
  return n;
}

double bytes_of(const program& p, const node& read) {
  return 4.0 * static_cast<double>(p.layouts[static_cast<std::size_t>(read.tensor)].floats);
}

// What an order may cost more, as a share of the multiply-adds, before another one is taken:
// prefetching hides that much.
constexpr double hidden = 0.25;

double multiply_adds(const program& p, const kernel& q) {
  double n = p.block / 16.0;
  for (int e : q.extents) n *= e;
  return n;
}

}  // namespace

bool better_by_columns(const program& p, const kernel& q, const node& weights, const node& samples,
                       const schedule& s) {
  if (s.row_axis < 0 || s.column_axis < 0) return false;
  const int axes = static_cast<int>(q.extents.size());
  const double rows = q.extents[static_cast<std::size_t>(s.row_axis)];
  const double passes = std::ceil(rows / s.rows);
  const double x = bytes_of(p, samples), w = 4 * extents(q, weights, 0, axes);
  const double tile = 4.0 * p.block * s.columns * extents(q, samples, q.outer, axes);
  const double tiles = extents(q, samples, 0, q.outer) / s.columns;
  const double by_rows = cycles(x * passes, x);
  const double by_columns = cycles(x, x) + cycles(w * tiles, w) + cycles(x * passes, tile);
  return by_rows - by_columns > hidden * multiply_adds(p, q);
}

}  // namespace tenon::codegen
