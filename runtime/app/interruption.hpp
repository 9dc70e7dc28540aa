// Ctrl-C and SIGTERM while something runs that wants to end at a place of its own choice.
#pragma once
#include <array>
#include <csignal>

namespace tenon::runtime {

// While it lives, the first SIGINT or SIGTERM is only remembered; a second one of the same kind
// ends the process at once. At most one may live at a time.
class interruption {
 public:
  interruption();
  ~interruption();
  interruption(const interruption&) = delete;
  interruption& operator=(const interruption&) = delete;

  int signal() const;  // 0: none so far

 private:
  struct sigaction before_interrupt_ {
  }, before_terminate_{};
};

}  // namespace tenon::runtime
