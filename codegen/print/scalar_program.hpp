// What the double twin leaves out of a training program.
#pragma once
#include "codegen/program.hpp"

namespace tenon::codegen {

// Drops the renewal of running statistics, and the collection of parts: there is one part. The
// loss, the outputs and the gradients keep their values.
void simplify_for_twin(program& p);

}  // namespace tenon::codegen
