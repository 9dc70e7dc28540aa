// Whether a kernel sums d_y[o] x[i] over samples, with x in one contiguous run: better along i,
// over a transposed copy of x, than one horizontal sum per weight.
#pragma once
#include "codegen/program.hpp"

namespace tenon::codegen {

// Needs layouts.
bool is_rows_of_samples(const program& p, const kernel& k);

}  // namespace tenon::codegen
