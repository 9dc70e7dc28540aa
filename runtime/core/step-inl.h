// The ends of a training step: adding the parts of a sum, and one update of all parameters.
#if defined(TENON_CORE_STEP_INL_H) == defined(HWY_TARGET_TOGGLE)
#  ifdef TENON_CORE_STEP_INL_H
#    undef TENON_CORE_STEP_INL_H
#  else
#    define TENON_CORE_STEP_INL_H
#  endif

#  include <hwy/highway.h>

#  include <cmath>
#  include <cstddef>
#  include <cstdint>

#  include "runtime/core/emitted.hpp"

HWY_BEFORE_NAMESPACE();
namespace tenon {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// out[i] = parts[i] + parts[part_stride + i] + …, the parts in order. floats: a multiple of 16.
inline void add_parts(const float* HWY_RESTRICT from, std::size_t parts, std::size_t part_stride,
                      std::size_t floats, float* HWY_RESTRICT out) {
  const hn::CappedTag<float, 16> d;
  for (std::size_t i = 0; i < floats; i += hn::Lanes(d)) {
    auto sum = hn::Load(d, from + i);
    for (std::size_t p = 1; p < parts; ++p)
      sum = hn::Add(sum, hn::Load(d, from + p * part_stride + i));
    hn::Store(sum, d, out + i);
  }
}

namespace step_detail {

// base^exponent by squaring: the same bits with every library.
inline double power(double base, std::uint64_t exponent) {
  double out = 1;
  for (; exponent > 0; exponent /= 2, base *= base) {
    if (exponent % 2 == 1) out *= base;
  }
  return out;
}

// v = momentum v + g; w -= rate v, or rate (g + momentum v) with Nesterov. The first v is g, as
// PyTorch's. Sutskever et al., 2013.
inline void sgd(const settings& s, float decay, std::size_t floats,
                const float* HWY_RESTRICT gradient, float* HWY_RESTRICT velocity,
                float* HWY_RESTRICT weight) {
  const hn::CappedTag<float, 16> d;
  const auto rate = hn::Set(d, -s.learning_rate), momentum = hn::Set(d, s.momentum),
             lambda = hn::Set(d, decay);
  for (std::size_t i = 0; i < floats; i += hn::Lanes(d)) {
    const auto w = hn::Load(d, weight + i);
    const auto g = hn::MulAdd(lambda, w, hn::Load(d, gradient + i));
    const auto v = hn::MulAdd(momentum, hn::Load(d, velocity + i), g);
    hn::Store(v, d, velocity + i);
    hn::Store(hn::MulAdd(rate, s.nesterov ? hn::MulAdd(momentum, v, g) : v, w), d, weight + i);
  }
}

// Adam (Kingma and Ba, 2015) and, with decoupled decay, AdamW (Loshchilov and Hutter, 2019):
// m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w -= rate / (1 - b1^t) * m / (sqrt(v) / sqrt(1 -
// b2^t) + epsilon).
inline void adam(const settings& s, float decay, std::size_t floats,
                 const float* HWY_RESTRICT gradient, float* HWY_RESTRICT first,
                 float* HWY_RESTRICT second, float* HWY_RESTRICT weight) {
  const hn::CappedTag<float, 16> d;
  const std::uint64_t t = s.step + 1;
  const double unbias_first = 1 - power(static_cast<double>(s.beta1), t),
               unbias_second = 1 - power(static_cast<double>(s.beta2), t);
  const bool decoupled = s.method == optimizer::adamw;
  const auto rate =
      hn::Set(d, static_cast<float>(-static_cast<double>(s.learning_rate) / unbias_first));
  const auto root = hn::Set(d, static_cast<float>(std::sqrt(unbias_second)));
  const auto b1 = hn::Set(d, s.beta1), c1 = hn::Set(d, 1 - s.beta1), b2 = hn::Set(d, s.beta2),
             c2 = hn::Set(d, 1 - s.beta2);
  const auto epsilon = hn::Set(d, s.epsilon), coupled = hn::Set(d, decoupled ? 0.0F : decay);
  const auto shrink = hn::Set(d, decoupled ? 1 - s.learning_rate * decay : 1.0F);
  for (std::size_t i = 0; i < floats; i += hn::Lanes(d)) {
    const auto w = hn::Load(d, weight + i);
    const auto g = hn::MulAdd(coupled, w, hn::Load(d, gradient + i));
    const auto m = hn::MulAdd(b1, hn::Load(d, first + i), hn::Mul(c1, g));
    const auto v = hn::MulAdd(b2, hn::Load(d, second + i), hn::Mul(c2, hn::Mul(g, g)));
    hn::Store(m, d, first + i);
    hn::Store(v, d, second + i);
    const auto denominator = hn::Add(hn::Div(hn::Sqrt(v), root), epsilon);
    hn::Store(hn::MulAdd(rate, hn::Div(m, denominator), hn::Mul(shrink, w)), d, weight + i);
  }
}

}  // namespace step_detail

// One step of the optimizer on a run of `floats` parameters (a multiple of 16); first, second: its
// state.
inline void update_parameters(const settings& s, bool decays, std::size_t floats,
                              const float* HWY_RESTRICT gradient, float* HWY_RESTRICT first,
                              float* HWY_RESTRICT second, float* HWY_RESTRICT weight) {
  const float decay = decays || s.decay_all ? s.weight_decay : 0.0F;
  if (s.method == optimizer::sgd)
    step_detail::sgd(s, decay, floats, gradient, first, weight);
  else
    step_detail::adam(s, decay, floats, gradient, first, second, weight);
}

}  // namespace HWY_NAMESPACE
}  // namespace tenon
HWY_AFTER_NAMESPACE();

#endif
