// A small pool of threads, owned by the caller and lent to networks. It never affects results:
// emitted code splits its work by the number of samples alone.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

namespace tenon {

class pool {
 public:
  // `threads` counts the caller of run(): 1 starts none. Threads that the system refuses are done
  // without.
  explicit pool(unsigned threads = available());
  ~pool();
  pool(const pool&) = delete;
  pool& operator=(const pool&) = delete;

  // Threads that take part in run(), the caller among them.
  unsigned threads() const noexcept { return static_cast<unsigned>(workers_.size()) + 1; }

  // Calls f(context, i) for each i in [0, n), on all threads, and returns when all calls have
  // returned; what they wrote is then visible here. n < 2^32. A run() during another one (from f,
  // or from a second thread) stays on its caller.
  void run(std::size_t n, void (*f)(void* context, std::size_t index), void* context) noexcept;

  // Cores that this process may use, at least 1.
  static unsigned available() noexcept;

 private:
  void work() noexcept;
  bool claim_and_call() noexcept;

  // Round (high half) and indices not yet taken (low half) in one word: a thread that wakes late
  // cannot take an index of a round that it has not seen, so nobody waits for sleepers.
  std::atomic<std::uint64_t> ticket_{0};
  std::atomic<std::uint32_t> done_{0};  // calls of this round that have returned
  std::atomic<std::uint32_t> bell_{0};  // changes with each round; sleepers wait on it
  std::atomic<bool> busy_{false};
  std::atomic<bool> stop_{false};
  // Of the round; written before ticket_ is published and read only by holders of an index.
  std::size_t n_ = 0;
  void (*f_)(void*, std::size_t) = nullptr;
  void* context_ = nullptr;
  int spins_ = 0;
  std::vector<std::jthread> workers_;
};

}  // namespace tenon
