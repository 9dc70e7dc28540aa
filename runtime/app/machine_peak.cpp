#include "runtime/app/machine_peak.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/app/machine_peak.cpp"
#include <hwy/foreach_target.h>  // must come before highway.h: it includes this file once per instruction set
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tenon::runtime::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Twelve chains hide four cycles of latency on two ports and, with two operands, still fit sixteen
// registers.
HWY_ATTR float multiply_add(std::size_t rounds, double& flops) {
  const hn::ScalableTag<float> d;
  const auto factor = hn::Set(d, 0.999F), term = hn::Set(d, 0.001F);
  // Distinct values: a compiler may compute equal chains once.
  auto a0 = hn::Iota(d, 0), a1 = hn::Iota(d, 1), a2 = hn::Iota(d, 2), a3 = hn::Iota(d, 3),
       a4 = hn::Iota(d, 4), a5 = hn::Iota(d, 5), a6 = hn::Iota(d, 6), a7 = hn::Iota(d, 7),
       a8 = hn::Iota(d, 8), a9 = hn::Iota(d, 9), a10 = hn::Iota(d, 10), a11 = hn::Iota(d, 11);
  for (std::size_t i = 0; i < rounds; ++i) {
    a0 = hn::MulAdd(a0, factor, term), a1 = hn::MulAdd(a1, factor, term),
    a2 = hn::MulAdd(a2, factor, term);
    a3 = hn::MulAdd(a3, factor, term), a4 = hn::MulAdd(a4, factor, term),
    a5 = hn::MulAdd(a5, factor, term);
    a6 = hn::MulAdd(a6, factor, term), a7 = hn::MulAdd(a7, factor, term),
    a8 = hn::MulAdd(a8, factor, term);
    a9 = hn::MulAdd(a9, factor, term), a10 = hn::MulAdd(a10, factor, term),
    a11 = hn::MulAdd(a11, factor, term);
  }
  flops = 12.0 * 2.0 * static_cast<double>(rounds) * static_cast<double>(hn::Lanes(d));
  const auto s0 = hn::Add(hn::Add(a0, a1), hn::Add(a2, a3)),
             s1 = hn::Add(hn::Add(a4, a5), hn::Add(a6, a7));
  return hn::GetLane(
      hn::SumOfLanes(d, hn::Add(hn::Add(s0, s1), hn::Add(hn::Add(a8, a9), hn::Add(a10, a11)))));
}

HWY_ATTR void copy(const float* HWY_RESTRICT from, float* HWY_RESTRICT to, std::size_t n) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) hn::Store(hn::Load(d, from + i), d, to + i);
  for (; i < n; ++i) to[i] = from[i];
}

}  // namespace tenon::runtime::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tenon::runtime {

HWY_EXPORT(multiply_add);
HWY_EXPORT(copy);

float multiply_add_loop(std::size_t rounds, double& flops) {
  return HWY_DYNAMIC_DISPATCH(multiply_add)(rounds, flops);
}
void copy_loop(const float* from, float* to, std::size_t n) {
  HWY_DYNAMIC_DISPATCH(copy)(from, to, n);
}

std::string highway_version() {
  return std::to_string(HWY_MAJOR) + "." + std::to_string(HWY_MINOR) + "." +
         std::to_string(HWY_PATCH);
}

}  // namespace tenon::runtime
#endif  // HWY_ONCE
