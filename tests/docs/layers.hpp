// The table of all layers, from the comments that their files open with.
#pragma once
#include <string>
#include <vector>

namespace docs {

// Rows of Markdown, in the order of all.hpp. Throws std::runtime_error for a file whose comment
// does not say "usage: what it does".
std::vector<std::string> layer_table(const std::string& folder);

}  // namespace docs
