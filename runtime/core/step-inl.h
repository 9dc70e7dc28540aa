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
#  include <span>

#  include "runtime/core/emitted.hpp"
#  include "runtime/core/optimizers-inl.h"
#  include "runtime/core/step.hpp"

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

// Sum of squares in double, on 16 lanes that end in one tree. Products of floats are exact in
// double, so FMA or not, the bits are the same.
inline double square_sum(const float* HWY_RESTRICT x, std::size_t n) {
  double lane[16] = {};
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    for (std::size_t k = 0; k < 16; ++k) {
      const double v = static_cast<double>(x[i + k]);
      lane[k] += v * v;
    }
  }
  for (std::size_t k = 0; i < n; ++i, ++k) {
    const double v = static_cast<double>(x[i]);
    lane[k] += v * v;
  }
  for (std::size_t half = 8; half > 0; half /= 2) {
    for (std::size_t k = 0; k < half; ++k) lane[k] += lane[k + half];
  }
  return lane[0];
}

inline double norm(const float* x, std::size_t n) { return std::sqrt(square_sum(x, n)); }

inline void scale(float* x, std::size_t n, float factor) {
  for (std::size_t i = 0; i < n; ++i) x[i] *= factor;
}

// What all gradients are multiplied with, frozen ones left out, as torch.nn.utils.clip_grad_norm_.
inline float norm_factor(const settings& s, std::span<const parameter_place> places,
                         const float* gradient) {
  if (s.clips != clip_mode::norm) return 1;
  double sum = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!step_of(s, places[i], i).frozen)
      sum += square_sum(gradient + places[i].offset, places[i].floats);
  }
  const double factor = static_cast<double>(s.clip) / (std::sqrt(sum) + 1e-6);
  return factor < 1 ? static_cast<float>(factor) : sum != sum ? static_cast<float>(sum) : 1.0F;
}

// Each unit's gradient to `clip` times the norm of its weights, or of 1e-3 where that is more: new
// units have to be able to grow. A vector (a bias) is one unit, as timm has it.
inline void clip_units(float clip, const parameter_place& p, const update_memory& m) {
  for (std::size_t r = 0; r < p.rows; ++r) {
    const std::size_t at = p.offset + r * p.stride;
    const double most = static_cast<double>(clip) * std::fmax(norm(m.image + at, p.row), 1e-3);
    const double now = norm(m.gradient + at, p.row);
    if (now > most) scale(m.gradient + at, p.row, static_cast<float>(most / std::fmax(now, 1e-6)));
  }
}

// One parameter, fused: clipping, penalties, the optimizer, decay.
template <class Rule>
inline void update_one(const parameter_step& step, float factor, const Rule& made,
                       const parameter_place& p, const update_memory& m) {
  const hn::CappedTag<float, 16> d;
  const lanes<decltype(d)> a{d};
  const Rule rule = made;  // copies: stores through the pointers below cannot reach them
  const parameter_step mine = step;
  const float* HWY_RESTRICT const gradient = m.gradient + p.offset;
  float* HWY_RESTRICT const first = m.first + p.offset;
  float* HWY_RESTRICT const second = m.second + p.offset;
  float* HWY_RESTRICT const weight = m.image + p.offset;
  const float rate = rule.rate * mine.rate;
  for (std::size_t i = 0; i < p.floats; i += hn::Lanes(d)) {
    const auto w = hn::Load(d, weight + i);
    const auto g = penalized(a, mine, factor, hn::Load(d, gradient + i), w);
    auto one = hn::Load(d, first + i), two = one;
    if constexpr (Rule::slots > 1) two = hn::Load(d, second + i);
    const auto next = stepped(a, rule, rate, mine.shrink, g, w, one, two);
    hn::Store(one, d, first + i);
    if constexpr (Rule::slots > 1) hn::Store(two, d, second + i);
    hn::Store(proximal(a, mine.threshold, next), d, weight + i);
  }
}

// The whole parameter's norm decides about its step, so that the direction is made first, in place
// of the gradient.
inline void update_trusting(const parameter_step& step, float factor, const lamb_rule<float>& rule,
                            const parameter_place& p, const update_memory& m) {
  const hn::CappedTag<float, 16> d;
  const lanes<decltype(d)> a{d};
  float* HWY_RESTRICT const gradient = m.gradient + p.offset;
  float* HWY_RESTRICT const first = m.first + p.offset;
  float* HWY_RESTRICT const second = m.second + p.offset;
  float* HWY_RESTRICT const weight = m.image + p.offset;
  for (std::size_t i = 0; i < p.floats; i += hn::Lanes(d)) {
    const auto w = hn::Load(d, weight + i);
    const auto g = penalized(a, step, factor, hn::Load(d, gradient + i), w);
    auto one = hn::Load(d, first + i), two = hn::Load(d, second + i);
    hn::Store(rule.direction(a, g, w, one, two), d, gradient + i);
    hn::Store(one, d, first + i);
    hn::Store(two, d, second + i);
  }
  const double w_norm = norm(weight, p.floats), x_norm = norm(gradient, p.floats);
  const double trust = w_norm > 0 && x_norm > 0 ? w_norm / x_norm : 1;
  const auto rate = static_cast<float>(-trust * static_cast<double>(rule.rate * step.rate));
  for (std::size_t i = 0; i < p.floats; i += hn::Lanes(d)) {
    const auto next =
        hn::MulAdd(hn::Set(d, rate), hn::Load(d, gradient + i), hn::Load(d, weight + i));
    hn::Store(proximal(a, step.threshold, next), d, weight + i);
  }
}

template <class Rule>
inline void step_one(const parameter_step& step, float factor, const Rule& rule,
                     const parameter_place& p, const update_memory& m) {
  update_one(step, factor, rule, p, m);
}
inline void step_one(const parameter_step& step, float factor, lamb_rule<float> rule,
                     const parameter_place& p, const update_memory& m) {
  rule.decay = step.lamb_decay;
  if (step.lamb_decay != 0) return update_trusting(step, factor, rule, p, m);
  update_one(step, factor, rule, p, m);
}

// Back onto the ball. The float below the quotient: a second projection changes nothing.
inline void limit_norm(float most, float* x, std::size_t n) {
  const double now = norm(x, n);
  if (now > static_cast<double>(most))
    scale(x, n, static_cast<float>(static_cast<double>(most) / now * (1 - 0x1p-23)));
}

inline void limit_norms(const settings& s, float most, const parameter_place& p, float* image) {
  if (s.norms == norm_of::layer) return limit_norm(most, image + p.offset, p.floats);
  for (std::size_t r = 0; r < p.rows; ++r) limit_norm(most, image + p.offset + r * p.stride, p.row);
}

}  // namespace step_detail

// One step of the optimizer on all parameters: clips, penalties, the step itself, constraints.
// Gradients are spent: agc and lamb change them.
inline void update_parameters(const settings& s, std::span<const parameter_place> places,
                              const update_memory& m) {
  const float factor = step_detail::norm_factor(s, places, m.gradient);
  with_rule(s, [&](const auto& rule) {
    for (std::size_t i = 0; i < places.size(); ++i) {
      const parameter_place& p = places[i];
      const parameter_step step = step_of(s, p, i);
      if (step.frozen) continue;
      if (s.clips == clip_mode::agc) step_detail::clip_units(s.clip, p, m);
      step_detail::step_one(step, factor, rule, p, m);
      if (step.max_norm > 0) step_detail::limit_norms(s, step.max_norm, p, m.image);
    }
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace tenon
HWY_AFTER_NAMESPACE();

#endif
