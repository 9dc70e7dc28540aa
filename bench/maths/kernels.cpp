#include "bench/maths/kernels.hpp"

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include <cmath>
#include <tenon/core.hpp>

HWY_BEFORE_NAMESPACE();
namespace maths::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;
namespace ours = tenon::HWY_NAMESPACE;
using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;

template <V (*f)(D, V)>
void over(const float* x, float* y) {
  const D d;
  for (std::size_t i = 0; i < count; i += hn::Lanes(d))
    hn::Store(f(d, hn::Load(d, x + i)), d, y + i);
}

V exp(D d, V x) { return ours::exp(d, x); }
V log(D d, V x) { return ours::log(d, x); }
V tanh(D d, V x) { return ours::tanh(d, x); }
V sigmoid(D d, V x) { return ours::sigmoid(d, x); }
V erf(D d, V x) { return ours::erf(d, x); }
V their_exp(D d, V x) { return hn::Exp(d, x); }
V their_log(D d, V x) { return hn::Log(d, x); }
V their_tanh(D d, V x) { return hn::Tanh(d, x); }
V their_sigmoid(D d, V x) {
  const V one = hn::Set(d, 1.0F);
  return hn::Div(one, hn::Add(one, hn::Exp(d, hn::Neg(x))));
}

double exact_sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace
}  // namespace maths::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

namespace maths {
namespace simd = HWY_NAMESPACE;

std::vector<kernel> kernels() {
  return {{"exp", "Exp", std::exp, -9, 9, simd::over<simd::exp>, simd::over<simd::their_exp>},
          {"log", "Log", std::log, 1e-3F, 9, simd::over<simd::log>, simd::over<simd::their_log>},
          {"tanh", "Tanh", std::tanh, -9, 9, simd::over<simd::tanh>, simd::over<simd::their_tanh>},
          {"sigmoid", "1 / (1 + Exp(-x))", simd::exact_sigmoid, -9, 9, simd::over<simd::sigmoid>,
           simd::over<simd::their_sigmoid>},
          {"erf", "none", std::erf, -4, 4, simd::over<simd::erf>, nullptr}};
}

const char* target() { return hwy::TargetName(HWY_TARGET); }

}  // namespace maths
