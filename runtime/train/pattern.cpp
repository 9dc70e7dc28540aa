#include "runtime/train/pattern.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

#include "runtime/io/error.hpp"

namespace tenon::runtime {

bool matches(const std::string& pattern, std::string_view name) {
  return fnmatch(pattern.c_str(), std::string(name).c_str(), 0) == 0;
}

bool matches(std::span<const std::string> patterns, std::string_view name) {
  return std::ranges::any_of(patterns, [&](const std::string& p) { return matches(p, name); });
}

void require_match(std::string_view flag, const std::string& pattern, const network_info& network) {
  if (std::ranges::any_of(network.parameters,
                          [&](const parameter_info& p) { return matches(pattern, p.name); }))
    return;
  throw user_error(fmt::format("{} '{}': matches no parameter of {}; `info` lists their names",
                               flag, pattern, network.name));
}

}  // namespace tenon::runtime
