// A factor on the input of a layer that is linear in it, moved into that layer's weights.
#pragma once
#include <cstddef>

#include "codegen/program.hpp"

namespace tenon::codegen {

// Of the kernels from `first` on: every parameter that they multiply `input` with is multiplied by
// the factor, in a kernel of its own before them. Once, when weights are loaded. Throws
// internal_bug where there is no such product.
void take_factor(program& p, forms::builder& b, std::size_t first, int input, double factor);

}  // namespace tenon::codegen
