// The part of lay_out that is for single samples.
#pragma once
#include "codegen/program.hpp"

namespace tenon::codegen {

// Strides of all tensors, halos given, and weights in the order in which vectors along an output
// axis read them.
void lay_out_single(program& p);

}  // namespace tenon::codegen
