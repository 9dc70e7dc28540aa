// Repeats work and says how long it takes.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <vector>

namespace tenon::runtime {

struct timing {
  double median, least;  // seconds
};

// What the calling thread has spent on a core: of work on one thread, this says how long it takes
// whatever else the machine is doing.
struct thread_clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<thread_clock>;
  static constexpr bool is_steady = true;
  static time_point now() noexcept {
    std::timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return time_point(std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec));
  }
};

// Runs f for a tenth of `seconds` unmeasured (caches, clocks, first touch of memory), then for
// `seconds`; at least `fewest` measured times.
template <class clock = std::chrono::steady_clock, class F>
timing repeat(F f, double seconds, std::size_t fewest = 7) {
  const auto since = [](clock::time_point begin) {
    return std::chrono::duration<double>(clock::now() - begin).count();
  };
  const auto warm_up = clock::now();
  do {
    f();
  } while (since(warm_up) < seconds / 10);
  std::vector<double> times;
  const auto begin = clock::now();
  while (times.size() < fewest || since(begin) < seconds) {
    const auto one = clock::now();
    f();
    times.push_back(since(one));
  }
  std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
  return {times[times.size() / 2], *std::ranges::min_element(times)};
}

}  // namespace tenon::runtime
