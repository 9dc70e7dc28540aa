// exp, log, tanh, sigmoid, erf over vectors of floats. The same bits on every target with FMA and
// from every compiler (the targets without FMA agree among themselves): no libm, no approximate
// reciprocals, FMA exactly where MulAdd is written, and nothing that a compiler could contract to
// another result.
//
// Coefficients are minimax fits for the relative error, made by fit_math.py and rounded to float.
// Largest errors in units in the last place against double precision, over all floats where a
// function is not constant or the identity (with FMA, exp and log: over all floats); with FMA /
// without it:
//   exp 1.03 / 1.03    log 0.86 / 0.9    sigmoid 2.41 / 2.41    tanh 5.3 / 7.1    erf 6.0 / 7.9
// tanh and erf reach these near 1, where a unit is 2^-24 of the value; with FMA they stay below 3
// for |x| < 1.
#if defined(TENON_CORE_MATH_INL_H) == defined(HWY_TARGET_TOGGLE)
#  ifdef TENON_CORE_MATH_INL_H
#    undef TENON_CORE_MATH_INL_H
#  else
#    define TENON_CORE_MATH_INL_H
#  endif

#  include <hwy/highway.h>

#  include <cstdint>
#  include <limits>

HWY_BEFORE_NAMESPACE();
namespace tenon {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

namespace math_detail {

// ln 2 = high + low; high has 16 bits, so that its products with exponents are exact without FMA
// too.
inline constexpr float ln2_high = 45426.0F / 65536.0F;
inline constexpr float ln2_low = 1.42860677e-6F;

// x limited to [low, high]; NaN stays. Where x86 compares with a NaN it takes the second operand;
// the other targets' minimum drops the NaN, or keeps it, as they like.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V limit(D d, V x, float low, float high) {
  const V least = hn::Set(d, low), most = hn::Set(d, high);
#  if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
  return hn::Min(most, hn::Max(least, x));
#  else
  x = hn::IfThenElse(hn::Lt(x, least), least, x);
  return hn::IfThenElse(hn::Gt(x, most), most, x);
#  endif
}

}  // namespace math_detail

// e^x. Subnormal results are right, then 0 below -103.98; infinite from 88.73 on; NaN passes.
// e^x = 2^n e^r with |r| <= ln 2 / 2 and e^r = 1 + r + r^2 q(r).
template <class D, class V = hn::Vec<D>>
HWY_INLINE V exp(D d, V x) {
  const hn::RebindToSigned<D> di;
  // Beyond these the result is 0 or infinite anyway, and n fits the two factors below.
  const V limited = math_detail::limit(d, x, -105.0F, 89.0F);
  // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
  const V magic = hn::Set(d, 12582912.0F);
  const V shifted = hn::MulAdd(limited, hn::Set(d, 1.44269504F), magic);
  const V n = hn::Sub(shifted, magic);
  const V r = hn::NegMulAdd(n, hn::Set(d, math_detail::ln2_low),
                            hn::NegMulAdd(n, hn::Set(d, math_detail::ln2_high), limited));
  V q = hn::MulAdd(r, hn::Set(d, 1.38642208e-3F), hn::Set(d, 8.3676111e-3F));
  q = hn::MulAdd(r, q, hn::Set(d, 4.16672342e-2F));
  q = hn::MulAdd(r, q, hn::Set(d, 1.66665331e-1F));
  q = hn::MulAdd(r, q, hn::Set(d, 0.5F));
  const V power = hn::Add(hn::MulAdd(q, hn::Mul(r, r), r), hn::Set(d, 1.0F));
  // 2^n in two normal factors: only the last product can round. (Adding n to the exponent would
  // lose NaN.)
  const auto whole = hn::Sub(hn::BitCast(di, shifted), hn::BitCast(di, magic));
  const auto half = hn::ShiftRight<1>(whole);
  const auto bias = hn::Set(di, 127);
  const V first = hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(half, bias)));
  const V second = hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(hn::Sub(whole, half), bias)));
  return hn::Mul(hn::Mul(power, first), second);
}

// Natural logarithm. log(0) = -infinity, NaN for negative x and NaN; subnormal x are right.
// x = 2^e m with m in [sqrt(1/2), sqrt(2)), z = m - 1: log x = e ln 2 + z - z^2 / 2 + z^3 p(z).
template <class D, class V = hn::Vec<D>>
HWY_INLINE V log(D d, V x) {
  const hn::RebindToSigned<D> di;
  const auto subnormal = hn::Lt(x, hn::Set(d, std::numeric_limits<float>::min()));
  const V normal = hn::IfThenElse(subnormal, hn::Mul(x, hn::Set(d, 0x1p25F)), x);
  const auto bits = hn::BitCast(di, normal);
  const auto whole = hn::ShiftRight<23>(hn::Sub(bits, hn::Set(di, 0x3F3504F3)));  // of sqrt(1/2)
  const V z = hn::Sub(hn::BitCast(d, hn::Sub(bits, hn::ShiftLeft<23>(whole))), hn::Set(d, 1.0F));
  const V e = hn::Sub(hn::ConvertTo(d, whole), hn::IfThenElseZero(subnormal, hn::Set(d, 25.0F)));
  const V z2 = hn::Mul(z, z);
  V p = hn::MulAdd(z, hn::Set(d, -7.63183832e-2F), hn::Set(d, 1.27608195e-1F));
  p = hn::MulAdd(z, p, hn::Set(d, -1.3160795e-1F));
  p = hn::MulAdd(z, p, hn::Set(d, 1.42019093e-1F));
  p = hn::MulAdd(z, p, hn::Set(d, -1.66233137e-1F));
  p = hn::MulAdd(z, p, hn::Set(d, 2.00012177e-1F));
  p = hn::MulAdd(z, p, hn::Set(d, -2.50008225e-1F));
  p = hn::MulAdd(z, p, hn::Set(d, 3.33333313e-1F));
  V y = hn::MulAdd(hn::Mul(z2, z), p, hn::Mul(e, hn::Set(d, math_detail::ln2_low)));
  y = hn::NegMulAdd(hn::Set(d, 0.5F), z2, y);
  y = hn::MulAdd(e, hn::Set(d, math_detail::ln2_high), hn::Add(z, y));
  const V infinity = hn::Set(d, std::numeric_limits<float>::infinity());
  y = hn::IfThenElse(hn::Lt(x, infinity), y, x);
  const V outside = hn::IfThenElse(hn::Eq(x, hn::Zero(d)), hn::Neg(infinity),
                                   hn::Set(d, std::numeric_limits<float>::quiet_NaN()));
  return hn::IfThenElse(hn::Gt(x, hn::Zero(d)), y, outside);
}

// Hyperbolic tangent: x P(x^2) / Q(x^2), of degrees 4 and 4, fitted on |x| <= 9. Beyond, the
// quotient grows past 1, is cut there, and |x| >= 9.5 gives exactly 1. One division and 8 FMA: 4.4
// ns per 16 floats on a Zen 4, where a formula by way of e^x takes 5.3.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V tanh(D d, V x) {
  const V limited = math_detail::limit(d, x, -9.5F, 9.5F);
  const V t = hn::Mul(limited, limited);
  V p = hn::MulAdd(t, hn::Set(d, 1.34194664e-8F), hn::Set(d, 2.06610093e-5F));
  V q = hn::MulAdd(t, hn::Set(d, 7.80458436e-7F), hn::Set(d, 3.29101371e-4F));
  p = hn::MulAdd(t, p, hn::Set(d, 3.49898124e-3F));
  q = hn::MulAdd(t, q, hn::Set(d, 2.5890151e-2F));
  p = hn::MulAdd(t, p, hn::Set(d, 1.33839682e-1F));
  q = hn::MulAdd(t, q, hn::Set(d, 4.67172891e-1F));
  const V numerator =
      hn::MulAdd(hn::Mul(limited, t), p, limited);  // x + x^3 …: rounds once for small x
  q = hn::MulAdd(t, q, hn::Set(d, 1.0F));
  return math_detail::limit(d, hn::Div(numerator, q), -1.0F, 1.0F);
}

// 1 / (1 + e^-x), by way of e^-|x|: no overflow, and small results keep their digits.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V sigmoid(D d, V x) {
  const V one = hn::Set(d, 1.0F);
  const V e = exp(d, hn::Neg(hn::Abs(x)));
  return hn::Div(hn::IfThenElse(hn::Lt(x, hn::Zero(d)), e, one), hn::Add(one, e));
}

// Error function: x P(x^2) / Q(x^2), of degrees 5 and 5, fitted on |x| <= 3.93, cut at 1 as tanh;
// |x| >= 4.1 gives exactly 1.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V erf(D d, V x) {
  const V limited = math_detail::limit(d, x, -4.1F, 4.1F);
  const V t = hn::Mul(limited, limited);
  V p = hn::MulAdd(t, hn::Set(d, 1.75230764e-6F), hn::Set(d, 2.52937258e-4F));
  V q = hn::MulAdd(t, hn::Set(d, 3.31119954e-5F), hn::Set(d, 1.06002076e-3F));
  p = hn::MulAdd(t, p, hn::Set(d, 3.4816172e-3F));
  q = hn::MulAdd(t, q, hn::Set(d, 1.35589251e-2F));
  p = hn::MulAdd(t, p, hn::Set(d, 4.71873283e-2F));
  q = hn::MulAdd(t, q, hn::Set(d, 1.02623224e-1F));
  p = hn::MulAdd(t, p, hn::Set(d, 1.7248565e-1F));
  q = hn::MulAdd(t, q, hn::Set(d, 4.48269606e-1F));
  const V numerator = hn::MulAdd(hn::Mul(limited, t), p, limited);
  q = hn::MulAdd(t, q, hn::Set(d, 0.886226952F));
  return math_detail::limit(d, hn::Div(numerator, q), -1.0F, 1.0F);
}

}  // namespace HWY_NAMESPACE
}  // namespace tenon
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
