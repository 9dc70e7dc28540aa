// A kernel in terms of addresses: every read and the write have one index, a number of floats from
// the beginning of the tensor; neighbouring axes that are contiguous for all of them are one axis.
#pragma once
#include "codegen/program.hpp"

namespace tenon::codegen {

kernel addressed(const program& p, const kernel& k);

}  // namespace tenon::codegen
