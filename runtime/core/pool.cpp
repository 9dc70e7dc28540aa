#include "runtime/core/pool.hpp"

#include <algorithm>
#include <system_error>

#if defined(__linux__)
#  include <sched.h>
#endif
#if defined(__x86_64__)
#  include <immintrin.h>
#endif

namespace tenon {
namespace {

// About 20 microseconds: longer than the serial stretch between two phases of a step, much shorter
// than a wake-up saves.
constexpr int spins_before_sleep = 2000;

void relax() noexcept {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

constexpr std::uint64_t low_half = 0xFFFFFFFFU;

}  // namespace

unsigned pool::available() noexcept {
#if defined(__linux__)
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
#endif
  return std::max(1U, std::thread::hardware_concurrency());
}

pool::pool(unsigned threads) {
  // With more threads than cores a spinning thread only keeps a working one from its core.
  spins_ = threads <= available() ? spins_before_sleep : 0;
  workers_.reserve(threads > 1 ? threads - 1 : 0);
  try {
    for (unsigned i = 1; i < threads; ++i) workers_.emplace_back([this] { work(); });
  } catch (
      const std::system_error&) {  // the system has no more threads: fewer give the same results
  }
}

pool::~pool() {
  stop_.store(true, std::memory_order_relaxed);
  bell_.fetch_add(1, std::memory_order_release);
  bell_.notify_all();
}

bool pool::claim_and_call() noexcept {
  std::uint64_t ticket = ticket_.load(std::memory_order_acquire);
  do {
    if ((ticket & low_half) == 0) return false;
  } while (!ticket_.compare_exchange_weak(ticket, ticket - 1, std::memory_order_acquire,
                                          std::memory_order_acquire));
  const std::size_t n =
      n_;  // the round cannot end before this call returns: its fields are ours to read
  f_(context_, n - static_cast<std::size_t>(ticket & low_half));
  if (done_.fetch_add(1, std::memory_order_acq_rel) + 1 == n) done_.notify_one();
  return true;
}

void pool::work() noexcept {
  while (true) {
    const std::uint32_t bell = bell_.load(std::memory_order_acquire);
    if (stop_.load(std::memory_order_relaxed)) return;
    while (claim_and_call()) {
    }
    for (int i = 0; i < spins_ && bell_.load(std::memory_order_relaxed) == bell; ++i) relax();
    bell_.wait(bell,
               std::memory_order_acquire);  // returns at once if a round began since it was read
  }
}

void pool::run(std::size_t n, void (*f)(void* context, std::size_t index), void* context) noexcept {
  if (n == 0) return;
  if (n == 1 || workers_.empty() || busy_.exchange(true, std::memory_order_acquire)) {
    for (std::size_t i = 0; i < n; ++i) f(context, i);
    return;
  }
  n_ = n;
  f_ = f;
  context_ = context;
  done_.store(0, std::memory_order_relaxed);
  const std::uint64_t round = (ticket_.load(std::memory_order_relaxed) >> 32) + 1;
  ticket_.store(round << 32 | n, std::memory_order_release);
  bell_.fetch_add(1, std::memory_order_release);
  bell_.notify_all();
  while (claim_and_call()) {
  }
  std::uint32_t done = done_.load(std::memory_order_acquire);
  for (int i = 0; i < spins_ && done != n; ++i) {
    relax();
    done = done_.load(std::memory_order_acquire);
  }
  for (; done != n; done = done_.load(std::memory_order_acquire))
    done_.wait(done, std::memory_order_acquire);
  busy_.store(false, std::memory_order_release);
}

}  // namespace tenon
