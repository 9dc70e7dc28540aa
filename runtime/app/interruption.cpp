#include "runtime/app/interruption.hpp"

#include <atomic>

namespace tenon::runtime {
namespace {

// The signal may arrive on any thread.
std::atomic<int> received = 0;
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void remember(int number) { received = number; }

}  // namespace

interruption::interruption() {
  received = 0;
  struct sigaction action {};
  action.sa_handler = remember;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigaction(SIGINT, &action, &before_interrupt_);
  sigaction(SIGTERM, &action, &before_terminate_);
}

interruption::~interruption() {
  sigaction(SIGINT, &before_interrupt_, nullptr);
  sigaction(SIGTERM, &before_terminate_, nullptr);
}

int interruption::signal() const { return received; }

}  // namespace tenon::runtime
