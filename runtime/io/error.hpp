// The three ways in which a command ends badly, and the exit code of each.
#pragma once
#include <stdexcept>
#include <string>
#include <string_view>

namespace tenon::runtime {

// Wrong usage or bad input; the message says what was asked, what is wrong with values, and what to
// do. Exit code 2.
// One line, whatever names and numbers in it a damaged file made up: control characters, which
// could also steer a terminal, are written as \xNN.
class user_error : public std::runtime_error {
 public:
  explicit user_error(std::string_view what) : std::runtime_error(one_line(what)) {}

 private:
  static std::string one_line(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string line;
    for (const char c : text) {
      const auto code = static_cast<unsigned char>(c);
      if (code >= 0x20 && code != 0x7f) {
        line += c;
      } else {
        line += {'\\', 'x', digits[code / 16], digits[code % 16]};
      }
    }
    return line;
  }
};

// A check that was asked for did not hold: a gradient, a training run that diverged. Exit code 1.
class check_failed : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What must not happen whatever the user does. Exit code 3.
class internal_bug : public std::logic_error {
  using std::logic_error::logic_error;
};

}  // namespace tenon::runtime
