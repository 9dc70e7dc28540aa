// From which kernel to which one a tensor is alive. Kernels are counted in program order.
#pragma once
#include <vector>

#include "codegen/program.hpp"

namespace tenon::codegen {

struct lifetime {
  int first = 1 << 30, last = -1;  // none: first > last
};

// Inputs and targets live from the beginning; outputs, losses, parameters, gradients to the end.
std::vector<lifetime> lifetimes_of(const program& p);

}  // namespace tenon::codegen
