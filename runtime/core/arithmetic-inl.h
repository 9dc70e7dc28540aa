// What a formula is written over that has to run on vectors of floats and, in tests and lessons, on
// plain doubles: `lanes` and `plain` have the same operations but for what penalties need, with a
// fused multiply-add exactly where mul_add is written.
#if defined(TENON_CORE_ARITHMETIC_INL_H) == defined(HWY_TARGET_TOGGLE)
#  ifdef TENON_CORE_ARITHMETIC_INL_H
#    undef TENON_CORE_ARITHMETIC_INL_H
#  else
#    define TENON_CORE_ARITHMETIC_INL_H
#  endif

#  include <hwy/highway.h>

#  include <cmath>

#  include "runtime/core/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tenon {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class D>
struct lanes {
  D d;
  using number = hn::TFromD<D>;
  HWY_INLINE auto set(number x) const { return hn::Set(d, x); }
  template <class V>
  static HWY_INLINE V add(V a, V b) {
    return hn::Add(a, b);
  }
  template <class V>
  static HWY_INLINE V sub(V a, V b) {
    return hn::Sub(a, b);
  }
  template <class V>
  static HWY_INLINE V mul(V a, V b) {
    return hn::Mul(a, b);
  }
  template <class V>
  static HWY_INLINE V mul_add(V a, V b, V c) {
    return hn::MulAdd(a, b, c);
  }
  template <class V>
  static HWY_INLINE V div(V a, V b) {
    return hn::Div(a, b);
  }
  template <class V>
  static HWY_INLINE V root(V a) {
    return hn::Sqrt(a);
  }
  template <class V>
  static HWY_INLINE V abs(V a) {
    return hn::Abs(a);
  }
  // NaN where b is: processors' own maxima differ there.
  template <class V>
  static HWY_INLINE V max(V a, V b) {
    return hn::IfThenElse(hn::Lt(b, a), a, b);
  }
  // x limited to [low, high]; NaN stays.
  template <class V>
  HWY_INLINE V limit(V x, number low, number high) const {
    return math_detail::limit(d, x, low, high);
  }
  // 1, 0 or -1, as x.
  template <class V>
  HWY_INLINE V sign(V x) const {
    return hn::IfThenZeroElse(hn::Eq(x, hn::Zero(d)), hn::CopySignToAbs(hn::Set(d, 1.0F), x));
  }
};

template <class T>
struct plain {
  using number = T;
  static T set(T x) { return x; }
  static T add(T a, T b) { return a + b; }
  static T sub(T a, T b) { return a - b; }
  static T mul(T a, T b) { return a * b; }
  static T mul_add(T a, T b, T c) { return a * b + c; }
  static T div(T a, T b) { return a / b; }
  static T root(T a) { return std::sqrt(a); }
  static T abs(T a) { return std::abs(a); }
  static T max(T a, T b) { return b < a ? a : b; }
};

}  // namespace HWY_NAMESPACE
}  // namespace tenon
HWY_AFTER_NAMESPACE();

#endif
