#include "bench/contract/turns.hpp"

#include <algorithm>

#include "runtime/app/stopwatch.hpp"

namespace contract {
namespace {

double seconds_of(const std::function<void()>& f, int calls) {
  using clock = tenon::runtime::thread_clock;
  const auto begin = clock::now();
  for (int i = 0; i < calls; ++i) f();
  return std::chrono::duration<double>(clock::now() - begin).count();
}

int calls_for(const std::function<void()>& f, double seconds) {
  int calls = 1;
  double time = seconds_of(f, calls);
  while (time < seconds / 4) time = seconds_of(f, calls *= 2);
  return std::max(1, static_cast<int>(calls * seconds / time));
}

}  // namespace

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

std::vector<double> in_turns(const std::vector<std::function<void()>>& work, int rounds,
                             double seconds) {
  std::vector<int> calls;
  for (const auto& f : work) calls.push_back(calls_for(f, seconds));
  std::vector<std::vector<double>> times(work.size());
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < work.size(); ++i)
      times[i].push_back(seconds_of(work[i], calls[i]) / calls[i]);
  }
  std::vector<double> medians;
  for (const auto& t : times) medians.push_back(median(t));
  return medians;
}

}  // namespace contract
