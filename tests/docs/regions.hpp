// Code in a document is a region of a file that is compiled and run elsewhere.
#pragma once
#include <string>
#include <vector>

namespace docs {

// The lines between "// [name]" and "// [/name]" ("#" in CMake files), without common indentation;
// the whole file without a name. Throws std::runtime_error where there is no such file or region.
std::vector<std::string> region(const std::string& path, const std::string& name);

}  // namespace docs
