// The instruction sets that a build is for, as options of a compiler.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace tenon::tool {

// `native`: this machine's alone. `dynamic`: every target that Highway has for this architecture,
// the best one chosen when the program starts. A list such as `avx2,avx3`: these, and Highway's
// plain fallback for a CPU that has none of them. Throws a failure that names the known targets.
std::vector<std::string> isa_options(std::string_view isa);

}  // namespace tenon::tool
