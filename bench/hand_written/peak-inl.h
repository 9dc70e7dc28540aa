// The FMA peak of one core, measured: what the figures of kernels are compared with in the same
// run.
#if defined(TENON_BENCH_PEAK_INL_H) == defined(HWY_TARGET_TOGGLE)
#  ifdef TENON_BENCH_PEAK_INL_H
#    undef TENON_BENCH_PEAK_INL_H
#  else
#    define TENON_BENCH_PEAK_INL_H
#  endif

#  include <hwy/highway.h>

#  include <algorithm>
#  include <chrono>
#  include <cstddef>

#  include "runtime/app/stopwatch.hpp"

HWY_BEFORE_NAMESPACE();
namespace hand_written {
namespace HWY_NAMESPACE {

// 12 independent sums cover any latency (4 cycles x 2 units) and fit the registers of every target.
HWY_NOINLINE inline float multiply_add_for(std::size_t rounds, float by, float plus) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::CappedTag<float, 16> tag;
  const auto m = hn::Set(tag, by), a = hn::Set(tag, plus);
  // Of different values: equal sums would be computed once.
  auto s0 = a, s1 = hn::Add(s0, a), s2 = hn::Add(s1, a), s3 = hn::Add(s2, a), s4 = hn::Add(s3, a),
       s5 = hn::Add(s4, a);
  auto s6 = hn::Add(s5, a), s7 = hn::Add(s6, a), s8 = hn::Add(s7, a), s9 = hn::Add(s8, a),
       s10 = hn::Add(s9, a);
  auto s11 = hn::Add(s10, a);
  for (std::size_t i = 0; i < rounds; ++i) {
    s0 = hn::MulAdd(s0, m, a), s1 = hn::MulAdd(s1, m, a), s2 = hn::MulAdd(s2, m, a);
    s3 = hn::MulAdd(s3, m, a), s4 = hn::MulAdd(s4, m, a), s5 = hn::MulAdd(s5, m, a);
    s6 = hn::MulAdd(s6, m, a), s7 = hn::MulAdd(s7, m, a), s8 = hn::MulAdd(s8, m, a);
    s9 = hn::MulAdd(s9, m, a), s10 = hn::MulAdd(s10, m, a), s11 = hn::MulAdd(s11, m, a);
  }
  const auto sum =
      hn::Add(hn::Add(hn::Add(s0, s1), hn::Add(s2, s3)), hn::Add(hn::Add(s4, s5), hn::Add(s6, s7)));
  return hn::GetLane(hn::Add(sum, hn::Add(hn::Add(s8, s9), hn::Add(s10, s11))));
}

// GFLOP/s: the best of several runs of about a millisecond of the thread's own time.
inline double peak_gflops(int runs) {
  constexpr std::size_t rounds = 300'000;
  const auto lanes =
      static_cast<double>(hwy::HWY_NAMESPACE::Lanes(hwy::HWY_NAMESPACE::CappedTag<float, 16>()));
  double best = 0;
  volatile float by = 0.999F, plus = 0.001F, sink = 0;  // not constants for the compiler
  for (int run = 0; run < runs; ++run) {
    const auto start = tenon::runtime::thread_clock::now();
    sink = multiply_add_for(rounds, by, plus);
    const std::chrono::duration<double> time = tenon::runtime::thread_clock::now() - start;
    best = std::max(best, static_cast<double>(rounds) * 12 * 2 * lanes / time.count() * 1e-9);
  }
  static_cast<void>(sink);
  return best;
}

}  // namespace HWY_NAMESPACE
}  // namespace hand_written
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
