// What an object file was made from: the files that a compiler lists with -MD, and their hashes.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::tool {

// The prerequisites of the rule that `text` holds, a file as compilers write it for make.
std::vector<std::string> read_rule(std::string_view text);

// A line `hash path` for each file, in the order given.
std::string fingerprint(const std::vector<std::string>& files);

// Whether every file of a fingerprint is still as it was.
bool still_true(std::string_view fingerprint);

}  // namespace tenon::tool
