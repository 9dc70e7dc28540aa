// Hand-written linear kernels, samples innermost: the yardstick for emitted ones.
//   x [in][block], w [out][stride] (rows padded), y [out][block]; x_rows [block][stride] is x
//   transposed.
// R rows and C vectors make the register tile: R * C accumulators, R broadcasts and C loads per
// step.
#if defined(TENON_BENCH_LINEAR_INL_H) == defined(HWY_TARGET_TOGGLE)
#  ifdef TENON_BENCH_LINEAR_INL_H
#    undef TENON_BENCH_LINEAR_INL_H
#  else
#    define TENON_BENCH_LINEAR_INL_H
#  endif

#  include <hwy/highway.h>

#  include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace hand_written {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;
inline constexpr D d;
inline constexpr std::size_t N = hn::MaxLanes(d);

// acc[r][c] += sum over k < count of a[r * a_row + k * a_step] * b[k * b_row + c * N]; all three
// products of a linear layer.
template <std::size_t R, std::size_t C>
HWY_INLINE void multiply_tile(const float* HWY_RESTRICT a, std::size_t a_row, std::size_t a_step,
                              const float* HWY_RESTRICT b, std::size_t b_row, std::size_t count,
                              V (&acc)[R][C]) {
  for (std::size_t k = 0; k < count; ++k) {
    V column[C];
#  pragma GCC unroll 8
    for (std::size_t c = 0; c < C; ++c) column[c] = hn::Load(d, b + k * b_row + c * N);
#  pragma GCC unroll 32
    for (std::size_t r = 0; r < R; ++r) {
      const V row = hn::Set(d, a[r * a_row + k * a_step]);
#  pragma GCC unroll 8
      for (std::size_t c = 0; c < C; ++c) acc[r][c] = hn::MulAdd(row, column[c], acc[r][c]);
    }
  }
}

template <std::size_t R, std::size_t C>
HWY_INLINE void store_tile(const V (&acc)[R][C], float* HWY_RESTRICT y, std::size_t row) {
#  pragma GCC unroll 32
  for (std::size_t r = 0; r < R; ++r) {
#  pragma GCC unroll 8
    for (std::size_t c = 0; c < C; ++c) hn::Store(acc[r][c], d, y + r * row + c * N);
  }
}

template <std::size_t R, std::size_t C>
HWY_INLINE void forward_tile(const float* HWY_RESTRICT x, const float* HWY_RESTRICT w,
                             const float* HWY_RESTRICT bias, float* HWY_RESTRICT y, std::size_t in,
                             std::size_t stride, std::size_t block) {
  V acc[R][C];
#  pragma GCC unroll 32
  for (std::size_t r = 0; r < R; ++r) {
#  pragma GCC unroll 8
    for (std::size_t c = 0; c < C; ++c) acc[r][c] = hn::Set(d, bias[r]);
  }
  multiply_tile(w, stride, 1, x, block, in, acc);
  store_tile(acc, y, block);
}

template <std::size_t Out, std::size_t In, std::size_t Stride, std::size_t Block, std::size_t R,
          std::size_t C>
inline void linear_forward(const float* HWY_RESTRICT x, const float* HWY_RESTRICT w,
                           const float* HWY_RESTRICT bias, float* HWY_RESTRICT y) {
  static_assert(Block % (C * N) == 0);
  for (std::size_t b = 0; b < Block; b += C * N) {
    std::size_t o = 0;
    for (; o + R <= Out; o += R)
      forward_tile<R, C>(x + b, w + o * Stride, bias + o, y + o * Block + b, In, Stride, Block);
    if constexpr (Out % R != 0) {
      forward_tile<Out % R, C>(x + b, w + o * Stride, bias + o, y + o * Block + b, In, Stride,
                               Block);
    }
  }
}

template <std::size_t R, std::size_t C>
HWY_INLINE void product_tile(const float* HWY_RESTRICT a, std::size_t a_row, std::size_t a_step,
                             const float* HWY_RESTRICT b, std::size_t b_row, std::size_t count,
                             float* HWY_RESTRICT y, std::size_t y_row) {
  V acc[R][C];
#  pragma GCC unroll 32
  for (std::size_t r = 0; r < R; ++r) {
#  pragma GCC unroll 8
    for (std::size_t c = 0; c < C; ++c) acc[r][c] = hn::Zero(d);
  }
  multiply_tile(a, a_row, a_step, b, b_row, count, acc);
  store_tile(acc, y, y_row);
}

// d_x[k] = sum over o of w[o][k] d_y[o].
template <std::size_t Out, std::size_t In, std::size_t Stride, std::size_t Block, std::size_t R,
          std::size_t C>
inline void linear_input_gradient(const float* HWY_RESTRICT d_y, const float* HWY_RESTRICT w,
                                  float* HWY_RESTRICT d_x) {
  static_assert(Block % (C * N) == 0);
  for (std::size_t b = 0; b < Block; b += C * N) {
    std::size_t k = 0;
    for (; k + R <= In; k += R)
      product_tile<R, C>(w + k, 1, Stride, d_y + b, Block, Out, d_x + k * Block + b, Block);
    if constexpr (In % R != 0) {
      product_tile<In % R, C>(w + k, 1, Stride, d_y + b, Block, Out, d_x + k * Block + b, Block);
    }
  }
}

// d_w[o][k] = sum over b of d_y[o][b] x_rows[b][k].
template <std::size_t Out, std::size_t In, std::size_t Stride, std::size_t Block, std::size_t R,
          std::size_t C>
inline void linear_weight_gradient(const float* HWY_RESTRICT d_y, const float* HWY_RESTRICT x_rows,
                                   float* HWY_RESTRICT d_w) {
  static_assert(Stride % 16 == 0 && Stride >= In);
  constexpr std::size_t columns = (In + N - 1) / N * N;
  constexpr std::size_t rest = columns / N % C;
  for (std::size_t o = 0; o < Out / R * R; o += R) {
    std::size_t k = 0;
    for (; k + C * N <= columns; k += C * N) {
      product_tile<R, C>(d_y + o * Block, Block, 1, x_rows + k, Stride, Block, d_w + o * Stride + k,
                         Stride);
    }
    if constexpr (rest != 0) {
      product_tile<R, rest>(d_y + o * Block, Block, 1, x_rows + k, Stride, Block,
                            d_w + o * Stride + k, Stride);
    }
  }
  if constexpr (Out % R != 0) {
    constexpr std::size_t o = Out / R * R;
    for (std::size_t k = 0; k < columns; k += N) {
      product_tile<Out % R, 1>(d_y + o * Block, Block, 1, x_rows + k, Stride, Block,
                               d_w + o * Stride + k, Stride);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace hand_written
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
