// Kernel number i as text, but for its tile: what the printer looks at, tensors by order of
// appearance. Two kernels with the same fingerprint and tile differ only in what they are called
// with.
#pragma once
#include <string>

#include "codegen/program.hpp"

namespace tenon::codegen {

std::string fingerprint(const program& p, std::size_t i);

}  // namespace tenon::codegen
