#include "codegen/passes/tile_cost.hpp"

#include <algorithm>

namespace tenon::codegen {
namespace {

// Cost of a rows x columns tile of sums, in eighths of an FMA: at least 8 accumulators hide the
// latency, a load costs about as much as an FMA, and of equally good tiles those are better that
// load less, vectors (columns) before broadcasts (rows). GCC 12 keeps what it loads first in a
// register where five FMAs or more use it, and otherwise reads memory in each of them (4 x 3: 78, 6
// x 2: 111 GFLOP/s); the printer loads first what more sums share.
long tile_cost(int rows, int columns) {
  constexpr int kept_from = 5;
  const int sums = rows * columns;
  const int loads =
      std::max(rows, columns) >= kept_from ? rows + columns : sums + std::min(rows, columns);
  return 8L * std::max({sums, loads, 8}) + rows + 2 * columns;
}

}  // namespace

long cut_cost(int row_extent, int column_extent, int rows, int columns) {
  const int whole_rows = row_extent / rows, rest_rows = row_extent % rows;
  const int whole_columns = column_extent / columns, rest_columns = column_extent % columns;
  long cost = whole_rows * whole_columns * tile_cost(rows, columns);
  if (rest_rows > 0) cost += whole_columns * tile_cost(rest_rows, columns);
  if (rest_columns > 0) cost += whole_rows * tile_cost(rows, rest_columns);
  if (rest_rows > 0 && rest_columns > 0) cost += tile_cost(rest_rows, rest_columns);
  return cost;
}

}  // namespace tenon::codegen
