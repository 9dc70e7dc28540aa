// No command writes over what it reads.
#pragma once
#include <span>
#include <string>

namespace tenon::runtime {

// Throws user_error if `output`, given as `flag`, is one of the files `inputs`; names that are no
// files are passed over.
void require_not_an_input(const std::string& flag, const std::string& output,
                          std::span<const std::string> inputs);

}  // namespace tenon::runtime
