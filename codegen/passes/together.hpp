// Whether the kernels of a network are one launch.
#pragma once
#include "codegen/program.hpp"

namespace tenon::codegen {

// Groups of warps that share a block of samples in one kernel for the whole call, or 0 where a
// launch for each kernel takes less time: by counting, with what a launch and a barrier cost.
int groups_together(const program& p);

// Whether all work on samples is done block by block, so that groups of one block each need not
// wait for others.
bool blocks_stay_apart(const program& p);

}  // namespace tenon::codegen
