// How the command ends when it cannot do what it was asked. The exit codes are those of every Tenon
// program.
#pragma once
#include <stdexcept>
#include <string>

namespace tenon::tool {

enum exit_code : int { done = 0, check_failed = 1, bad_input = 2, our_bug = 3 };

// Worded for the user: what was asked, what is wrong with values, what to do. `details` (a
// compiler's message) is printed before it, as it stands.
class failure : public std::runtime_error {
 public:
  explicit failure(const std::string& what, std::string details = {}, exit_code code = bad_input)
      : std::runtime_error(what), details_(std::move(details)), code_(code) {}

  const std::string& details() const noexcept { return details_; }
  exit_code code() const noexcept { return code_; }

 private:
  std::string details_;
  exit_code code_;
};

// A compiler refused a source; details() holds its words.
class compile_failure : public failure {
  using failure::failure;
};

}  // namespace tenon::tool
