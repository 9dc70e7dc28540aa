// Hand-written convolutions, samples innermost: the yardstick for emitted ones.
//   x [in][(height - 1) * stride + kernel_h][(width - 1) * stride + kernel_w][block], halo
//   included; w [out][w_stride], a row holding [in][kernel_h][kernel_w]; y
//   [out][height][width][block].
// One-dimensional convolutions have height = kernel_h = 1. R channels, P positions and C vectors
// make the register tile.
#if defined(TENON_BENCH_CONV_INL_H) == defined(HWY_TARGET_TOGGLE)
#  ifdef TENON_BENCH_CONV_INL_H
#    undef TENON_BENCH_CONV_INL_H
#  else
#    define TENON_BENCH_CONV_INL_H
#  endif

#  include <hwy/highway.h>

#  include <cstddef>

#  include "bench/hand_written/linear-inl.h"
#  include "runtime/core/sums-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hand_written {
namespace HWY_NAMESPACE {

struct conv_shape {
  std::size_t in, out, height, width, kernel_h, kernel_w, stride, block;
  constexpr std::size_t input_height() const { return (height - 1) * stride + kernel_h; }
  constexpr std::size_t input_width() const { return (width - 1) * stride + kernel_w; }
  constexpr std::size_t taps() const { return kernel_h * kernel_w; }
  constexpr std::size_t w_stride() const { return (in * taps() + 15) / 16 * 16; }
  constexpr std::size_t x_floats() const { return in * input_height() * input_width() * block; }
  constexpr std::size_t y_floats() const { return out * height * width * block; }
  constexpr double flops() const {
    return 2.0 * static_cast<double>(in * out * height * width * taps() * block);
  }
};

template <std::size_t R, std::size_t P, std::size_t C>
struct conv_tile {
  V acc[R][P][C];
  HWY_INLINE void set(std::size_t r, V value) {
#  pragma GCC unroll 16
    for (std::size_t p = 0; p < P; ++p) {
#  pragma GCC unroll 8
      for (std::size_t c = 0; c < C; ++c) acc[r][p][c] = value;
    }
  }
  // One tap: `w` of row r at r * w_row, `x` of position p at p * x_step.
  HWY_INLINE void add(const float* HWY_RESTRICT w, std::size_t w_row, const float* HWY_RESTRICT x,
                      std::size_t x_step) {
    V column[P][C];
#  pragma GCC unroll 16
    for (std::size_t p = 0; p < P; ++p) {
#  pragma GCC unroll 8
      for (std::size_t c = 0; c < C; ++c) column[p][c] = hn::Load(d, x + p * x_step + c * N);
    }
#  pragma GCC unroll 32
    for (std::size_t r = 0; r < R; ++r) {
      const V row = hn::Set(d, w[r * w_row]);
#  pragma GCC unroll 16
      for (std::size_t p = 0; p < P; ++p) {
#  pragma GCC unroll 8
        for (std::size_t c = 0; c < C; ++c)
          acc[r][p][c] = hn::MulAdd(row, column[p][c], acc[r][p][c]);
      }
    }
  }
  HWY_INLINE void store(float* HWY_RESTRICT y, std::size_t row, std::size_t step) const {
#  pragma GCC unroll 32
    for (std::size_t r = 0; r < R; ++r) {
#  pragma GCC unroll 16
      for (std::size_t p = 0; p < P; ++p) {
#  pragma GCC unroll 8
        for (std::size_t c = 0; c < C; ++c)
          hn::Store(acc[r][p][c], d, y + r * row + p * step + c * N);
      }
    }
  }
};

template <conv_shape s, std::size_t R, std::size_t P, std::size_t C>
HWY_INLINE void conv_forward_tile(const float* HWY_RESTRICT x, const float* HWY_RESTRICT w,
                                  const float* HWY_RESTRICT bias, float* HWY_RESTRICT y) {
  conv_tile<R, P, C> tile;
#  pragma GCC unroll 32
  for (std::size_t r = 0; r < R; ++r) tile.set(r, hn::Set(d, bias[r]));
  for (std::size_t i = 0; i < s.in; ++i) {
    for (std::size_t ky = 0; ky < s.kernel_h; ++ky) {
      const float* HWY_RESTRICT row = x + (i * s.input_height() + ky) * s.input_width() * s.block;
      for (std::size_t kx = 0; kx < s.kernel_w; ++kx) {
        tile.add(w + (i * s.kernel_h + ky) * s.kernel_w + kx, s.w_stride(), row + kx * s.block,
                 s.stride * s.block);
      }
    }
  }
  tile.store(y, s.height * s.width * s.block, s.block);
}

// Rows of the output outermost: the kernel_h rows of x that they read stay in L2, and in L1 while
// channels pass.
template <conv_shape s, std::size_t R, std::size_t P, std::size_t C, std::size_t first_channel = 0>
inline void conv_forward(const float* HWY_RESTRICT x, const float* HWY_RESTRICT w,
                         const float* HWY_RESTRICT bias, float* HWY_RESTRICT y) {
  static_assert(s.block % (C * N) == 0);
  constexpr std::size_t rest = s.width % P;
  for (std::size_t h = 0; h < s.height; ++h) {
    for (std::size_t o = first_channel; o + R <= s.out; o += R) {
      for (std::size_t b = 0; b < s.block; b += C * N) {
        const float* HWY_RESTRICT from = x + h * s.stride * s.input_width() * s.block + b;
        float* HWY_RESTRICT to = y + (o * s.height + h) * s.width * s.block + b;
        std::size_t p = 0;
        for (; p + P <= s.width; p += P) {
          conv_forward_tile<s, R, P, C>(from + p * s.stride * s.block, w + o * s.w_stride(),
                                        bias + o, to + p * s.block);
        }
        if constexpr (rest != 0) {
          conv_forward_tile<s, R, rest, C>(from + p * s.stride * s.block, w + o * s.w_stride(),
                                           bias + o, to + p * s.block);
        }
      }
    }
  }
  if constexpr ((s.out - first_channel) % R != 0) {
    conv_forward<s, (s.out - first_channel) % R, P, C, s.out / R * R>(x, w, bias, y);
  }
}

// Input gradient with stride 1: a convolution of d_y with the kernel turned around.
//   d_y [out][height + kernel_h - 1][width + kernel_w - 1][block], halo of zeros included, for d_x
//   [in][height][width][block]
template <conv_shape s, std::size_t R, std::size_t P, std::size_t C>
HWY_INLINE void conv_input_tile(const float* HWY_RESTRICT d_y, const float* HWY_RESTRICT w,
                                float* HWY_RESTRICT d_x) {
  conv_tile<R, P, C> tile;
#  pragma GCC unroll 32
  for (std::size_t r = 0; r < R; ++r) tile.set(r, hn::Zero(d));
  for (std::size_t o = 0; o < s.out; ++o) {
    for (std::size_t ky = 0; ky < s.kernel_h; ++ky) {
      const float* HWY_RESTRICT row = d_y + (o * s.input_height() + ky) * s.input_width() * s.block;
      for (std::size_t kx = 0; kx < s.kernel_w; ++kx) {
        tile.add(w + o * s.w_stride() + s.taps() - 1 - (ky * s.kernel_w + kx), s.taps(),
                 row + kx * s.block, s.block);
      }
    }
  }
  tile.store(d_x, s.height * s.width * s.block, s.block);
}

template <conv_shape s, std::size_t R, std::size_t P, std::size_t C, std::size_t first_channel = 0>
inline void conv_input_gradient(const float* HWY_RESTRICT d_y, const float* HWY_RESTRICT w,
                                float* HWY_RESTRICT d_x) {
  static_assert(s.block % (C * N) == 0 && s.stride == 1);
  constexpr std::size_t rest = s.width % P;
  for (std::size_t h = 0; h < s.height; ++h) {
    for (std::size_t i = first_channel; i + R <= s.in; i += R) {
      for (std::size_t b = 0; b < s.block; b += C * N) {
        const float* HWY_RESTRICT from = d_y + h * s.input_width() * s.block + b;
        float* HWY_RESTRICT to = d_x + (i * s.height + h) * s.width * s.block + b;
        std::size_t p = 0;
        for (; p + P <= s.width; p += P) {
          conv_input_tile<s, R, P, C>(from + p * s.block, w + i * s.taps(), to + p * s.block);
        }
        if constexpr (rest != 0) {
          conv_input_tile<s, R, rest, C>(from + p * s.block, w + i * s.taps(), to + p * s.block);
        }
      }
    }
  }
  if constexpr ((s.in - first_channel) % R != 0) {
    conv_input_gradient<s, (s.in - first_channel) % R, P, C, s.in / R * R>(d_y, w, d_x);
  }
}

// Input gradient of a one-dimensional convolution with stride 2, kernel 3, padding 1, odd input
// length 2 * width - 1: even inputs see the middle tap only, odd ones the two outer taps.  d_y
// [out][width][block], d_x [in][2 * width - 1][block].
template <conv_shape s, std::size_t R, std::size_t P, std::size_t C, bool odd>
HWY_INLINE void conv1d_phase_tile(const float* HWY_RESTRICT d_y, const float* HWY_RESTRICT w,
                                  float* HWY_RESTRICT d_x) {
  conv_tile<R, P, C> tile;
#  pragma GCC unroll 32
  for (std::size_t r = 0; r < R; ++r) tile.set(r, hn::Zero(d));
  for (std::size_t o = 0; o < s.out; ++o) {
    const float* HWY_RESTRICT g = d_y + o * s.width * s.block;
    const float* HWY_RESTRICT taps = w + o * s.w_stride();
    if constexpr (odd) {
      tile.add(taps + 2, 3, g, s.block);
      tile.add(taps, 3, g + s.block, s.block);
    } else {
      tile.add(taps + 1, 3, g, s.block);
    }
  }
  tile.store(d_x + (odd ? s.block : 0), (2 * s.width - 1) * s.block, 2 * s.block);
}

template <conv_shape s, std::size_t R, std::size_t P, std::size_t C>
inline void conv1d_stride2_input_gradient(const float* HWY_RESTRICT d_y,
                                          const float* HWY_RESTRICT w, float* HWY_RESTRICT d_x) {
  static_assert(s.stride == 2 && s.kernel_w == 3 && s.height == 1 && s.in % R == 0);
  constexpr std::size_t even = s.width, odd = s.width - 1;
  for (std::size_t i = 0; i < s.in; i += R) {
    for (std::size_t b = 0; b < s.block; b += C * N) {
      float* HWY_RESTRICT to = d_x + i * (2 * s.width - 1) * s.block + b;
      for (std::size_t p = 0; p + P <= even; p += P) {
        conv1d_phase_tile<s, R, P, C, false>(d_y + p * s.block + b, w + i * 3,
                                             to + 2 * p * s.block);
      }
      if constexpr (even % P != 0) {
        constexpr std::size_t p = even / P * P;
        conv1d_phase_tile<s, R, even % P, C, false>(d_y + p * s.block + b, w + i * 3,
                                                    to + 2 * p * s.block);
      }
      for (std::size_t p = 0; p + P <= odd; p += P) {
        conv1d_phase_tile<s, R, P, C, true>(d_y + p * s.block + b, w + i * 3, to + 2 * p * s.block);
      }
      if constexpr (odd % P != 0) {
        constexpr std::size_t p = odd / P * P;
        conv1d_phase_tile<s, R, odd % P, C, true>(d_y + p * s.block + b, w + i * 3,
                                                  to + 2 * p * s.block);
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace hand_written
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
