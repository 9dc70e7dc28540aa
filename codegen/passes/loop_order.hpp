// Loop order of a contraction whose tile is settled, by the bytes that each order moves past the
// caches. It does not reach the bits.
#pragma once
#include "codegen/program.hpp"

namespace tenon::codegen {

// Whether the columns of the tile, positions, should be the outer loop and the rows, outputs, the
// inner one. `q` in addresses; `weights` move along the rows, `samples` along the columns.
bool better_by_columns(const program& p, const kernel& q, const node& weights, const node& samples,
                       const schedule& s);

}  // namespace tenon::codegen
