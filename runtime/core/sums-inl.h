// Sums over samples end here: 16 virtual lanes, one tree, so the bits do not depend on the width of
// the vectors.
#if defined(TENON_CORE_SUMS_INL_H) == defined(HWY_TARGET_TOGGLE)
#  ifdef TENON_CORE_SUMS_INL_H
#    undef TENON_CORE_SUMS_INL_H
#  else
#    define TENON_CORE_SUMS_INL_H
#  endif

#  include <hwy/highway.h>

#  include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace tenon {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#  if HWY_TARGET == HWY_SCALAR  // one lane, no shuffles

HWY_INLINE float sum_of_16(const float* lanes) {
  float sum[8];
  for (int i = 0; i < 8; ++i) sum[i] = lanes[i] + lanes[i + 8];
  for (int half = 4; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) sum[i] += sum[i + half];
  }
  return sum[0];
}

inline void sum_rows_of_16(const float* lanes, std::size_t rows, float* out) {
  for (std::size_t r = 0; r < rows; ++r) out[r] = sum_of_16(lanes + r * 16);
}

#  else

namespace sums_detail {

// Per 128-bit block: lanes r of the result are (a[r][0] + a[r][2]) + (a[r][1] + a[r][3]) of the
// rows r = 0…3.
template <class D, class V>
HWY_INLINE V sum_blocks(D d, V a0, V a1, V a2, V a3) {
  const hn::Repartition<double, D> d64;
  const V s01 = hn::Add(hn::InterleaveLower(d, a0, a1), hn::InterleaveUpper(d, a0, a1));
  const V s23 = hn::Add(hn::InterleaveLower(d, a2, a3), hn::InterleaveUpper(d, a2, a3));
  const auto low = hn::InterleaveLower(d64, hn::BitCast(d64, s01), hn::BitCast(d64, s23));
  const auto high = hn::InterleaveUpper(d64, hn::BitCast(d64, s01), hn::BitCast(d64, s23));
  return hn::Add(hn::BitCast(d, low), hn::BitCast(d, high));
}

// Lanes 0…3 of a row after the steps (i, i + 8) and (i, i + 4).
template <class D4>
HWY_INLINE hn::Vec<D4> fold_row(D4 d, const float* HWY_RESTRICT row) {
  return hn::Add(hn::Add(hn::LoadU(d, row), hn::LoadU(d, row + 8)),
                 hn::Add(hn::LoadU(d, row + 4), hn::LoadU(d, row + 12)));
}

// The same for two rows, in the lower and the upper block of 8 lanes.
template <class D8>
HWY_INLINE hn::Vec<D8> fold_two_rows(D8 d, const float* HWY_RESTRICT row,
                                     const float* HWY_RESTRICT other) {
  const auto a = hn::Add(hn::LoadU(d, row), hn::LoadU(d, row + 8));
  const auto b = hn::Add(hn::LoadU(d, other), hn::LoadU(d, other + 8));
  return hn::Add(hn::ConcatLowerLower(d, b, a), hn::ConcatUpperUpper(d, b, a));
}

}  // namespace sums_detail

// Sum of lanes[16] by the tree (i, i + 8), (i, i + 4), (i, i + 2), (i, i + 1).
HWY_INLINE float sum_of_16(const float* HWY_RESTRICT lanes) {
  const hn::FixedTag<float, 4> d;
  const auto four = sums_detail::fold_row(d, lanes);
  const auto two = hn::Add(four, hn::Shuffle1032(four));
  return hn::GetLane(hn::Add(two, hn::Shuffle2301(two)));
}

// out[r] = sum_of_16(lanes[r]) for lanes [rows][16]: several rows at a time, the same bits.
inline void sum_rows_of_16(const float* HWY_RESTRICT lanes, std::size_t rows,
                           float* HWY_RESTRICT out) {
  std::size_t r = 0;
#    if HWY_CAP_GE256
  const hn::FixedTag<float, 8> d8;
  for (; r + 8 <= rows; r += 8) {
    const float* HWY_RESTRICT row = lanes + r * 16;
    hn::StoreU(
        sums_detail::sum_blocks(d8, sums_detail::fold_two_rows(d8, row + 0 * 16, row + 4 * 16),
                                sums_detail::fold_two_rows(d8, row + 1 * 16, row + 5 * 16),
                                sums_detail::fold_two_rows(d8, row + 2 * 16, row + 6 * 16),
                                sums_detail::fold_two_rows(d8, row + 3 * 16, row + 7 * 16)),
        d8, out + r);
  }
#    endif
  const hn::FixedTag<float, 4> d4;
  for (; r + 4 <= rows; r += 4) {
    const float* HWY_RESTRICT row = lanes + r * 16;
    hn::StoreU(sums_detail::sum_blocks(
                   d4, sums_detail::fold_row(d4, row), sums_detail::fold_row(d4, row + 16),
                   sums_detail::fold_row(d4, row + 32), sums_detail::fold_row(d4, row + 48)),
               d4, out + r);
  }
  for (; r < rows; ++r) out[r] = sum_of_16(lanes + r * 16);
}

#  endif  // HWY_TARGET == HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace tenon
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
