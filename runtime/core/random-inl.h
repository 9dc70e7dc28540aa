// random.hpp over lanes: lane = sample. The same bits on every target.
#if defined(TENON_CORE_RANDOM_INL_H) == defined(HWY_TARGET_TOGGLE)
#  ifdef TENON_CORE_RANDOM_INL_H
#    undef TENON_CORE_RANDOM_INL_H
#  else
#    define TENON_CORE_RANDOM_INL_H
#  endif

#  include <hwy/highway.h>

#  include <cstdint>

#  include "runtime/core/random.hpp"

HWY_BEFORE_NAMESPACE();
namespace tenon {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

namespace philox_detail {

// High and low halves of the 64-bit products of all lanes: Highway multiplies 32 x 32 -> 64 in even
// lanes only.
template <class DU, class VU>
HWY_INLINE void multiply(DU du, VU a, std::uint32_t by, VU& high, VU& low) {
#  if HWY_TARGET == HWY_SCALAR
  const std::uint64_t product = std::uint64_t{hn::GetLane(a)} * by;
  high = hn::Set(du, static_cast<std::uint32_t>(product >> 32));
  low = hn::Set(du, static_cast<std::uint32_t>(product));
#  else
  const hn::Repartition<std::uint64_t, DU> du64;
  const VU multiplier = hn::Set(du, by);
  const auto even = hn::MulEven(a, multiplier);
  const auto odd =
      hn::MulEven(hn::BitCast(du, hn::ShiftRight<32>(hn::BitCast(du64, a))), multiplier);
  high = hn::OddEven(hn::BitCast(du, odd), hn::BitCast(du, hn::ShiftRight<32>(even)));
  low = hn::OddEven(hn::BitCast(du, hn::ShiftLeft<32>(odd)), hn::BitCast(du, even));
#  endif
}

}  // namespace philox_detail

// random_bits() of one quad for each sample in `samples`. The first round multiplies words that all
// lanes share, and the second one word of that kind: they are computed once, as scalars (17 vector
// multiplications of 20 remain).
template <class DU, class VU = hn::Vec<DU>>
HWY_INLINE void random_bits_4(DU du, std::uint64_t seed, std::uint32_t stream, std::uint64_t step,
                              VU samples, std::uint32_t quad, VU& w0, VU& w1, VU& w2, VU& w3) {
  auto key_0 = static_cast<std::uint32_t>(seed), key_1 = static_cast<std::uint32_t>(seed >> 32);
  const philox::counter first =
      philox::round({quad, 0, static_cast<std::uint32_t>(step), stream}, key_0, key_1);
  key_0 += philox::key_step_0, key_1 += philox::key_step_1;
  const std::uint64_t product = std::uint64_t{philox::multiplier_1} * first[2];
  VU high, low;
  philox_detail::multiply(du, hn::Xor(samples, hn::Set(du, first[0])), philox::multiplier_0, high,
                          low);
  w0 = hn::Set(du, static_cast<std::uint32_t>(product >> 32) ^ first[1] ^ key_0);
  w1 = hn::Set(du, static_cast<std::uint32_t>(product));
  w2 = hn::Xor(high, hn::Set(du, first[3] ^ key_1));
  w3 = low;
  for (int i = 2; i < philox::rounds; ++i) {
    key_0 += philox::key_step_0, key_1 += philox::key_step_1;
    VU high_1, low_1;
    philox_detail::multiply(du, w0, philox::multiplier_0, high, low);
    philox_detail::multiply(du, w2, philox::multiplier_1, high_1, low_1);
    w0 = hn::Xor(high_1, hn::Xor(w1, hn::Set(du, key_0)));
    w1 = low_1;
    w2 = hn::Xor(high, hn::Xor(w3, hn::Set(du, key_1)));
    w3 = low;
  }
}

namespace philox_detail {

template <class D, class VU>
HWY_INLINE hn::Vec<D> to_uniform(D d, VU bits) {
  const hn::RebindToSigned<D>
      di;  // 24 bits: the signed conversion is exact, and every target has it
  return hn::Mul(hn::ConvertTo(d, hn::BitCast(di, hn::ShiftRight<8>(bits))), hn::Set(d, 0x1p-24F));
}

}  // namespace philox_detail

// uniform() of the elements 4 * quad + 0…3 for each sample in `samples` (uint32 lanes).
template <class D, class V = hn::Vec<D>, class VU = hn::Vec<hn::RebindToUnsigned<D>>>
HWY_INLINE void uniform_4(D d, std::uint64_t seed, std::uint32_t stream, std::uint64_t step,
                          VU samples, std::uint32_t quad, V& u0, V& u1, V& u2, V& u3) {
  const hn::RebindToUnsigned<D> du;
  VU w0, w1, w2, w3;
  random_bits_4(du, seed, stream, step, samples, quad, w0, w1, w2, w3);
  u0 = philox_detail::to_uniform(d, w0);
  u1 = philox_detail::to_uniform(d, w1);
  u2 = philox_detail::to_uniform(d, w2);
  u3 = philox_detail::to_uniform(d, w3);
}

// uniform() of one element; as dear as the four of its quad.
template <class D, class V = hn::Vec<D>, class VU = hn::Vec<hn::RebindToUnsigned<D>>>
HWY_INLINE V uniform_1(D d, std::uint64_t seed, std::uint32_t stream, std::uint64_t step,
                       VU samples, std::uint32_t element) {
  V u0, u1, u2, u3;
  uniform_4(d, seed, stream, step, samples, element / 4, u0, u1, u2, u3);
  switch (element % 4) {
    case 0:
      return u0;
    case 1:
      return u1;
    case 2:
      return u2;
    default:
      return u3;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tenon
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
