// Long statements on several lines.
#pragma once
#include <string>

#include "codegen/print/writer.hpp"

namespace tenon::codegen {

// Breaks a statement between tokens, at the least nesting, so that lines keep within 100 columns.
void statement(writer& w, const std::string& text);

}  // namespace tenon::codegen
