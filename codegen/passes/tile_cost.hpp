// What a register tile costs, by counting: the model that the schedule chooses by and that `tenon
// tune` ranks its candidates by.
#pragma once

namespace tenon::codegen {

// With three operands beside them they fill the 16 registers of AVX2, and 8 are enough to hide the
// latency of an FMA (4 cycles on two ports).
constexpr int most_accumulators = 12;

// Of cutting extents of rows and columns into such tiles and their rests, in eighths of an FMA per
// step of the sums.
long cut_cost(int row_extent, int column_extent, int rows, int columns);

}  // namespace tenon::codegen
