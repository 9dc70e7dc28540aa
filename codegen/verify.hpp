#pragma once
#include <string_view>

#include "codegen/program.hpp"

namespace tenon::codegen {

// Checks the invariants of a program and throws internal_bug, naming the pass after which they
// broke: known tensors, ranks and axes; writes inside their tensors; everything that is read was
// written before; homes in order; halos wide enough for what is read; no two live tensors in the
// same place.
void verify(const program& p, std::string_view after);

}  // namespace tenon::codegen
