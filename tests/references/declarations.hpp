// All reference networks, as values.
#pragma once
#include <span>

#include "codegen/lower.hpp"

namespace references {

std::span<const tenon::codegen::declaration> declarations();

}  // namespace references
