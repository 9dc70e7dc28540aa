#include "runtime/app/keep_inputs.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "runtime/io/error.hpp"

namespace tenon::runtime {

void require_not_an_input(const std::string& flag, const std::string& output,
                          std::span<const std::string> inputs) {
  for (const std::string& input : inputs) {
    std::error_code absent;
    if (!std::filesystem::equivalent(input, output, absent) || absent) continue;
    throw user_error(fmt::format(
        "{} {}: is the file that is read, and would be lost; name another one", flag, output));
  }
}

}  // namespace tenon::runtime
