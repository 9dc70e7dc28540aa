// exp, log, tanh, sigmoid, erf over vectors of floats. The same bits on every target with FMA and
// from every compiler (the targets without FMA agree among themselves), in one lane as in sixteen:
// no libm, no tables, no approximate reciprocals, FMA exactly where MulAdd is written, and nothing
// that a compiler could contract to another result.
//
// Coefficients are minimax fits made by fit_math.py and rounded to float. Largest errors over all
// floats, in units in the last place, against double precision (tests/core, label long):
//                exp   log   tanh  sigmoid  erf
//   with FMA     1.03  0.96  1.75  2.00     1.67
//   without FMA  0.99  0.96  1.67  2.18     1.99
// Subnormal arguments and results are exact to the same bounds; zeros keep their sign where a
// function is odd; NaN gives NaN.
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
inline constexpr float log2_e = 1.44269504F;
// A small float plus this is rounded to an integer, which stands in the low bits of the sum.
inline constexpr float magic = 12582912.0F;  // 1.5 * 2^23

// The smaller of x and high; NaN stays. Where x86 compares with a NaN it takes the second operand;
// the other targets' minimum drops the NaN, or keeps it, as they like.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V at_most(D d, V x, float high) {
  const V most = hn::Set(d, high);
#  if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
  return hn::Min(most, x);
#  else
  return hn::IfThenElse(hn::Gt(x, most), most, x);
#  endif
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V at_least(D d, V x, float low) {
  const V least = hn::Set(d, low);
#  if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
  return hn::Max(least, x);
#  else
  return hn::IfThenElse(hn::Lt(x, least), least, x);
#  endif
}

// x limited to [low, high]; NaN stays.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V limit(D d, V x, float low, float high) {
  return at_most(d, at_least(d, x, low), high);
}

// x - n ln 2 (Cody and Waite, Software Manual for the Elementary Functions, 1980).
template <class D, class V = hn::Vec<D>>
HWY_INLINE V less_powers(D d, V x, V n) {
  return hn::NegMulAdd(n, hn::Set(d, ln2_low), hn::NegMulAdd(n, hn::Set(d, ln2_high), x));
}

// c[0] + c[1] x + c[2] x^2 + ...
template <class D, size_t N, class V = hn::Vec<D>>
HWY_INLINE V polynomial(D d, V x, const float (&c)[N]) {
  V p = hn::Set(d, c[N - 1]);
  for (size_t k = N - 1; k-- > 0;) p = hn::MulAdd(x, p, hn::Set(d, c[k]));
  return p;
}

template <class D, class M, class V = hn::Vec<D>>
HWY_INLINE V either(D d, M mask, float yes, float no) {
  return hn::IfThenElse(mask, hn::Set(d, yes), hn::Set(d, no));
}

inline constexpr float exp_q[] = {0.5F, 0.166665331F, 0.0416672416F, 0.00836760364F,
                                  0.00138637074F};
inline constexpr float log_p[] = {0.666667759F, 0.399775773F, 0.298710763F};
inline constexpr float tanh_p[] = {-0.33333227F, 0.13323389F, -0.0513140447F};
inline constexpr float sigmoid_p[] = {0.5F, -0.0416635722F, 0.00409207074F};
inline constexpr float erf_p[] = {0.128379151F,   -0.376125425F,    0.112827472F,   -0.026822472F,
                                  0.00513490383F, -0.000758777489F, 6.59376456e-05F};
inline constexpr float erf_q[] = {0.362197131F,    -0.247362122F,    0.0416565016F,  0.00951811485F,
                                  -0.00382567057F, -8.88709692e-05F, 0.000168034327F};

// log(x 2^-shift) for positive normal x.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V log_of_normal(D d, V x, int shift) {
  const hn::RebindToSigned<D> di;
  const auto bits = hn::BitCast(di, x);
  const auto whole = hn::ShiftRight<23>(hn::Sub(bits, hn::Set(di, 0x3F3504F3)));  // of sqrt(1/2)
  const V e = hn::ConvertTo(d, hn::Sub(whole, hn::Set(di, shift)));
  const V z = hn::Sub(hn::BitCast(d, hn::Sub(bits, hn::ShiftLeft<23>(whole))), hn::Set(d, 1.0F));
  const V s = hn::Div(z, hn::Add(z, hn::Set(d, 2.0F)));
  const V w = hn::Mul(s, s);
  const V rest = hn::Mul(s, hn::NegMulAdd(w, polynomial(d, w, log_p), z));
  const V low = hn::NegMulAdd(e, hn::Set(d, ln2_low), rest);
  return hn::MulAdd(e, hn::Set(d, ln2_high), hn::Sub(z, low));
}

}  // namespace math_detail

// e^x, for all x: subnormal results, then 0 below -103.98; infinite from 88.73 on.
// e^x = 2^n e^r with n = round(x / ln 2), so |r| <= ln 2 / 2, and e^r = 1 + r + r^2 q(r).
template <class D, class V = hn::Vec<D>>
HWY_INLINE V exp(D d, V x) {
  namespace md = math_detail;
  const hn::RebindToSigned<D> di;
  // Beyond these the result is 0 or infinite anyway, and n fits the two factors below.
  const V limited = md::limit(d, x, -105.0F, 89.0F);
  // 2^n in two normal factors: only the last product can round. 254 is the sum of their biases.
  const V magic = hn::Set(d, md::magic + 254.0F);
  const V shifted = hn::MulAdd(limited, hn::Set(d, md::log2_e), magic);
  const V r = md::less_powers(d, limited, hn::Sub(shifted, magic));
  const V less_one = hn::MulAdd(md::polynomial(d, r, md::exp_q), hn::Mul(r, r), r);
  const auto both = hn::BitCast(di, shifted);
  const auto half = hn::ShiftRight<1>(both);
  const V first = hn::BitCast(d, hn::ShiftLeft<23>(half));
  const V second = hn::BitCast(d, hn::ShiftLeft<23>(hn::Sub(both, half)));
  return hn::Mul(hn::MulAdd(less_one, first, first), second);
}

// Natural logarithm. log(0) = -infinity, NaN for negative x.
// x = 2^e (1 + z) with 1 + z in [sqrt(1/2), sqrt(2)): log x = e ln 2 + 2 artanh(s), s = z / (2 +
// z), as z - s (z - s^2 p(s^2)): what is rounded more than once is small (after Ng's log in fdlibm,
// 1993).
template <class D, class V = hn::Vec<D>>
HWY_INLINE V log(D d, V x) {
  namespace md = math_detail;
  const V least = hn::Set(d, std::numeric_limits<float>::min());
  const V infinity = hn::Set(d, std::numeric_limits<float>::infinity());
  V y = md::log_of_normal(d, x, 0);
  if (HWY_LIKELY(hn::AllTrue(d, hn::And(hn::Ge(x, least), hn::Lt(x, infinity))))) return y;
  const V scaled = hn::Mul(x, hn::Set(d, 0x1p25F));  // subnormals become normal
  y = hn::IfThenElse(hn::Lt(x, least), md::log_of_normal(d, scaled, 25), y);
  y = hn::IfThenElse(hn::Lt(x, infinity), y, x);
  const V outside = hn::IfThenElse(hn::Eq(x, hn::Zero(d)), hn::Neg(infinity),
                                   hn::Set(d, std::numeric_limits<float>::quiet_NaN()));
  return hn::IfThenElse(hn::Gt(x, hn::Zero(d)), y, outside);
}

// Hyperbolic tangent. |x| = n ln 2 / 2 + r and s = 2^-n make it
//   (1 - s + t (1 + s)) / (1 + s + t (1 - s)),  t = tanh(r) = r + r^3 p(r^2),
// by the addition theorem. n is 0 up to 0.2556, so that t is the result; further on, numerator and
// denominator share their error (the latter is the former + 2 s (1 - t)), and it cancels.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V tanh(D d, V x) {
  namespace md = math_detail;
  const hn::RebindToSigned<D> di;
  const V a = md::at_most(d, hn::Abs(x), 10.0F);  // 1 from 9.02 on
  const V magic = hn::Set(d, md::magic + 127.0F);
  const V shifted =
      hn::NegMulAdd(hn::Sub(a, hn::Set(d, 0.0825F)), hn::Set(d, 2 * md::log2_e), magic);
  const V r = hn::MulAdd(hn::Sub(shifted, magic), hn::Set(d, 0.34657359F), a);
  const V w = hn::Mul(r, r);
  const V t = hn::MulAdd(hn::Mul(r, w), md::polynomial(d, w, md::tanh_p), r);
  const V s = hn::BitCast(d, hn::ShiftLeft<23>(hn::BitCast(di, shifted)));
  const V one = hn::Set(d, 1.0F), twice = hn::Add(s, s);
  const V numerator = hn::MulAdd(t, hn::Add(one, s), hn::Sub(one, s));
  const V denominator = hn::Add(numerator, hn::NegMulAdd(t, twice, twice));
  return hn::CopySignToAbs(hn::Div(numerator, denominator), x);
}

// 1 / (1 + e^-x). |x| = n ln 2 + r, s = 2^-n and t = tanh(r / 2) = r p(r^2) make it 1 - q or, for
// negative x, q = s (1 - t) / (1 + t + s (1 - t)).
template <class D, class V = hn::Vec<D>>
HWY_INLINE V sigmoid(D d, V x) {
  namespace md = math_detail;
  const hn::RebindToSigned<D> di;
  const V a = md::at_most(d, hn::Abs(x), 104.5F);  // q is 0 from 103.98 on
  const V magic = hn::Set(d, md::magic);
  const V shifted = hn::MulAdd(a, hn::Set(d, md::log2_e), magic);
  const V r = md::less_powers(d, a, hn::Sub(shifted, magic));
  const V t = hn::Mul(r, md::polynomial(d, hn::Mul(r, r), md::sigmoid_p));
  // q's numerator and denominator are both larger by this: 2^64 keeps s normal, 1.578125 brings
  // both to where the unit of a float is smallest beside it.
  const V scale = hn::Set(d, 1.578125F * 0x1p64F);
  const auto exponents = hn::ShiftLeft<23>(hn::BitCast(di, shifted));
  const V s = hn::BitCast(d, hn::Sub(hn::BitCast(di, scale), exponents));
  const V numerator = hn::NegMulAdd(t, s, s);
  const V q = hn::Div(numerator, hn::Add(hn::MulAdd(t, scale, numerator), scale));
  return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), q, hn::Sub(hn::Set(d, 1.0F), q));
}

// Error function: x + x p(x^2) for |x| < 1.1875, else 1 - q(|x| - 2.56)^8, where q^8 is erfc (the
// form of Abramowitz and Stegun, 1964, 7.1.28; a power flattens the tail). The coefficients are
// selected, not the results: half the multiplications.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V erf(D d, V x) {
  namespace md = math_detail;
  const V a = md::at_most(d, hn::Abs(x), 4.0F);  // 1 from 3.92 on
  const auto small = hn::Lt(a, hn::Set(d, 1.1875F));
  const V u = hn::IfThenElse(small, hn::Mul(a, a), hn::Sub(a, hn::Set(d, 2.55874991F)));
  V p = md::either(d, small, md::erf_p[6], md::erf_q[6]);
  for (size_t k = 6; k-- > 0;)
    p = hn::MulAdd(u, p, md::either(d, small, md::erf_p[k], md::erf_q[k]));
  const V squared = hn::Mul(p, p), fourth = hn::Mul(squared, squared);
  const V near_one = hn::NegMulAdd(fourth, fourth, hn::Set(d, 1.0F));
  return hn::CopySignToAbs(hn::IfThenElse(small, hn::MulAdd(a, p, a), near_one), x);
}

}  // namespace HWY_NAMESPACE
}  // namespace tenon
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
