// Patterns of parameters' names: shell wildcards, such as "linear_3.*".
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "runtime/core/network.hpp"

namespace tenon::runtime {

bool matches(const std::string& pattern, std::string_view name);
bool matches(std::span<const std::string> patterns, std::string_view name);

// Throws user_error, in the name of the flag, if no parameter or buffer matches.
void require_match(std::string_view flag, const std::string& pattern, const network_info& network);

}  // namespace tenon::runtime
