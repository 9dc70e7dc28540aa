// Single samples on several threads: a long kernel is cut along one of its loops.
#pragma once
#include "codegen/program.hpp"

namespace tenon::codegen {

// The output axis of q, in addresses, along which threads share the kernel, or -1 where it is too
// short for that. Every output is computed by one thread, so the bits stay the same.
int axis_to_split(const kernel& q, const schedule& s);

// Steps of the loop over an axis: whole tiles and a rest.
int steps_of(const kernel& q, const schedule& s, int axis_id);

}  // namespace tenon::codegen
