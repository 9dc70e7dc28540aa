// Weight gradients of the convolutions in conv-inl.h, written by hand.
#if defined(TENON_BENCH_CONV_WEIGHT_INL_H) == defined(HWY_TARGET_TOGGLE)
#  ifdef TENON_BENCH_CONV_WEIGHT_INL_H
#    undef TENON_BENCH_CONV_WEIGHT_INL_H
#  else
#    define TENON_BENCH_CONV_WEIGHT_INL_H
#  endif

#  include <hwy/highway.h>

#  include <cstddef>

#  include "bench/hand_written/conv-inl.h"
#  include "runtime/core/sums-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hand_written {
namespace HWY_NAMESPACE {

// Weight gradient: R output channels x (I input channels x K rows x T columns of the kernel); sums
// on 16 lanes, then a tree.
template <conv_shape s, std::size_t R, std::size_t I, std::size_t K, std::size_t T>
HWY_INLINE void conv_weight_tile(const float* HWY_RESTRICT d_y, const float* HWY_RESTRICT x,
                                 float* HWY_RESTRICT lanes) {
  constexpr std::size_t columns = I * K * T, x_row = s.input_width() * s.block;
  for (std::size_t l = 0; l < 16; l += N) {
    V acc[columns][R];
#  pragma GCC unroll 32
    for (std::size_t t = 0; t < columns; ++t) {
#  pragma GCC unroll 32
      for (std::size_t r = 0; r < R; ++r) acc[t][r] = hn::Zero(d);
    }
    for (std::size_t h = 0; h < s.height; ++h) {
      for (std::size_t p = 0; p < s.width; ++p) {
#  pragma GCC unroll 4
        for (std::size_t b = 0; b < s.block; b += 16) {
          const float* HWY_RESTRICT from =
              x + h * s.stride * x_row + p * s.stride * s.block + b + l;
          const float* HWY_RESTRICT g = d_y + (h * s.width + p) * s.block + b + l;
          V row[R];
#  pragma GCC unroll 32
          for (std::size_t r = 0; r < R; ++r)
            row[r] = hn::Load(d, g + r * s.height * s.width * s.block);
#  pragma GCC unroll 32
          for (std::size_t t = 0; t < columns; ++t) {
            const std::size_t i = t / (K * T), k = t / T % K, j = t % T;
            const V column = hn::Load(d, from + (i * s.input_height() + k) * x_row + j * s.block);
#  pragma GCC unroll 32
            for (std::size_t r = 0; r < R; ++r) acc[t][r] = hn::MulAdd(row[r], column, acc[t][r]);
          }
        }
      }
    }
#  pragma GCC unroll 32
    for (std::size_t t = 0; t < columns; ++t) {
#  pragma GCC unroll 32
      for (std::size_t r = 0; r < R; ++r)
        hn::Store(acc[t][r], d, lanes + (r * columns + t) * 16 + l);
    }
  }
}

// I divides in, K divides kernel_h, T divides kernel_w.
template <conv_shape s, std::size_t R, std::size_t I, std::size_t K, std::size_t T,
          std::size_t first_channel = 0>
inline void conv_weight_gradient(const float* HWY_RESTRICT d_y, const float* HWY_RESTRICT x,
                                 float* HWY_RESTRICT d_w) {
  static_assert(s.in % I == 0 && s.kernel_h % K == 0 && s.kernel_w % T == 0);
  constexpr std::size_t columns = I * K * T;
  alignas(64) float lanes[R * columns * 16];
  alignas(64) float sums[R * columns];
  for (std::size_t o = first_channel; o + R <= s.out; o += R) {
    for (std::size_t i = 0; i < s.in; i += I) {
      for (std::size_t ky = 0; ky < s.kernel_h; ky += K) {
        for (std::size_t kx = 0; kx < s.kernel_w; kx += T) {
          conv_weight_tile<s, R, I, K, T>(
              d_y + o * s.height * s.width * s.block,
              x + ((i * s.input_height() + ky) * s.input_width() + kx) * s.block, lanes);
          tenon::HWY_NAMESPACE::sum_rows_of_16(lanes, R * columns, sums);
#  pragma GCC unroll 32
          for (std::size_t r = 0; r < R; ++r) {
#  pragma GCC unroll 32
            for (std::size_t t = 0; t < columns; ++t) {
              const std::size_t tap = t / (K * T) * s.taps() + t / T % K * s.kernel_w + t % T;
              d_w[(o + r) * s.w_stride() + i * s.taps() + ky * s.kernel_w + kx + tap] =
                  sums[r * columns + t];
            }
          }
        }
      }
    }
  }
  if constexpr ((s.out - first_channel) % R != 0) {
    conv_weight_gradient<s, (s.out - first_channel) % R, I, K, T, s.out / R * R>(d_y, x, d_w);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace hand_written
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
