// The three ways in which a command ends badly, and the exit code of each.
#pragma once
#include <stdexcept>

namespace tenon::runtime {

// Wrong usage or bad input; the message says what was asked, what is wrong with values, and what to
// do. Exit code 2.
class user_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
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
