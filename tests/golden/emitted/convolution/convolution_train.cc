// convolution, train. Written by tenon 0.1.0 from golden.hpp; do not edit: change the network and
// build again.
//
//   layer                    output      parameters  FLOP/sample   what became of it
//   input                    [2, 8, 8]
//   conv2d_1                 [4, 8, 8]           72        9,216
//   batch_norm_1             [4, 8, 8]            8
//   relu_1                   [4, 8, 8]                             in the kernel of batch_norm_1
//   max_pool_1               [4, 4, 4]
//   flatten_1                [64]
//   dropout_1                [64]                                  in the kernel of max_pool_1
//   linear_1                 [3]                195          384
//   softmax_cross_entropy_1  one number
//
// Samples lie innermost, 16 to a block: [channels][height][width][16]. Batches hold up to 32
// samples, 2 blocks in 2 parts. A part is a run of blocks that one thread takes. Blocks meet where
// a batch norm needs sums over the batch, and at the end of the step, always in order: results do
// not depend on the number of threads. Sums over samples run on 16 virtual lanes and end in one
// tree, so on targets with FMA they do not depend on the width of the vectors either. Lanes beyond
// the batch hold zeros. Weights keep the order of their shapes; rows are padded to 16 floats and
// never a multiple of 4 KB apart.
//
// Arena: 168576 bytes, of which 33216 per part and 46272 per block.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "convolution_train.cc"
#include <hwy/foreach_target.h>  // compiles this file once per target; must come before highway.h
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include <tenon/core.hpp>

#include "emitted/convolution.hpp"

#ifndef EMITTED_CONVOLUTION_TRAIN_JOB
#define EMITTED_CONVOLUTION_TRAIN_JOB
namespace emitted::convolution::train_kernels {

// One call: its arguments, and where its memory lies.
struct job {
  const float* x = nullptr;
  const train::target_type* target = nullptr;
  float* y = nullptr;
  std::size_t n = 0, parts = 0;
  float* image = nullptr;  // parameters and buffers
  float* gradients = nullptr;    // laid out as the image
  float* batch = nullptr;        // once per step
  float* part_sums = nullptr;    // 416 floats per part: sums over its samples
  float* part_memory = nullptr;  // 8304 floats per part: what a block needs within a phase
  float* block_memory = nullptr; // 11568 floats per block: what outlives a phase
  std::uint64_t seed = 0, step = 0;
  std::uint32_t first = 0;  // position of the batch's first sample in the step
  bool forward_only = false;
};

}  // namespace emitted::convolution::train_kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace emitted::convolution::train_kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace math = tenon::HWY_NAMESPACE;  // exp, tanh, ...: the same bits everywhere, no libm
using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;
[[maybe_unused]] constexpr D d;
[[maybe_unused]] constexpr hn::CappedTag<float, 1> one;
[[maybe_unused]] constexpr hn::RebindToUnsigned<D> du;
[[maybe_unused]] constexpr hn::RebindToSigned<D> di;

// conv2d_1: y[c, i, j] = sum over k, u, v of weight[c, k, u, v] * x[k, i + u - 1, j + v - 1]
// weight [4][32], x [2][10][10][16], y [4][8][8][16].   Tile: 2 x 5.
// 9,216 FLOP per sample.
void conv2d_1(const float* HWY_RESTRICT weight, const float* HWY_RESTRICT x,
    float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t c = 0; c < 4; c += 2) {
    for (size_t i = 0; i < 8; ++i) {
      {
        constexpr size_t j = 0;
        for (size_t b = 0; b < 16; b += N) {
          V sum0_0 = hn::Zero(d);
          V sum0_1 = hn::Zero(d);
          V sum0_2 = hn::Zero(d);
          V sum0_3 = hn::Zero(d);
          V sum0_4 = hn::Zero(d);
          V sum1_0 = hn::Zero(d);
          V sum1_1 = hn::Zero(d);
          V sum1_2 = hn::Zero(d);
          V sum1_3 = hn::Zero(d);
          V sum1_4 = hn::Zero(d);
          for (size_t k = 0; k < 2; ++k) {
            // taps in the halo add nothing
            const size_t u_begin = i < 1 ? 1 - i : 0, u_end = std::min<size_t>(3, 9 - i);
            for (size_t u = u_begin; u < u_end; ++u) {
              for (size_t v = 0; v < 3; ++v) {
                const V weight0 = hn::Set(d, weight[c * 32 + k * 9 + u * 3 + v]);
                const V weight1 = hn::Set(d, weight[c * 32 + k * 9 + u * 3 + v + 32]);
                const V x0 = hn::Load(d, x + i * 160 + j * 16 + k * 1600 + u * 160 + v * 16 + b);
                sum0_0 = hn::MulAdd(weight0, x0, sum0_0);
                sum1_0 = hn::MulAdd(weight1, x0, sum1_0);
                const V x1 =
                    hn::Load(d, x + i * 160 + j * 16 + k * 1600 + u * 160 + v * 16 + 16 + b);
                sum0_1 = hn::MulAdd(weight0, x1, sum0_1);
                sum1_1 = hn::MulAdd(weight1, x1, sum1_1);
                const V x2 =
                    hn::Load(d, x + i * 160 + j * 16 + k * 1600 + u * 160 + v * 16 + 32 + b);
                sum0_2 = hn::MulAdd(weight0, x2, sum0_2);
                sum1_2 = hn::MulAdd(weight1, x2, sum1_2);
                const V x3 =
                    hn::Load(d, x + i * 160 + j * 16 + k * 1600 + u * 160 + v * 16 + 48 + b);
                sum0_3 = hn::MulAdd(weight0, x3, sum0_3);
                sum1_3 = hn::MulAdd(weight1, x3, sum1_3);
                const V x4 =
                    hn::Load(d, x + i * 160 + j * 16 + k * 1600 + u * 160 + v * 16 + 64 + b);
                sum0_4 = hn::MulAdd(weight0, x4, sum0_4);
                sum1_4 = hn::MulAdd(weight1, x4, sum1_4);
              }
            }
          }
          hn::Store(sum0_0, d, y + c * 1040 + i * 128 + j * 16 + b);
          hn::Store(sum0_1, d, y + c * 1040 + i * 128 + j * 16 + 16 + b);
          hn::Store(sum0_2, d, y + c * 1040 + i * 128 + j * 16 + 32 + b);
          hn::Store(sum0_3, d, y + c * 1040 + i * 128 + j * 16 + 48 + b);
          hn::Store(sum0_4, d, y + c * 1040 + i * 128 + j * 16 + 64 + b);
          hn::Store(sum1_0, d, y + c * 1040 + i * 128 + j * 16 + 1040 + b);
          hn::Store(sum1_1, d, y + c * 1040 + i * 128 + j * 16 + 1056 + b);
          hn::Store(sum1_2, d, y + c * 1040 + i * 128 + j * 16 + 1072 + b);
          hn::Store(sum1_3, d, y + c * 1040 + i * 128 + j * 16 + 1088 + b);
          hn::Store(sum1_4, d, y + c * 1040 + i * 128 + j * 16 + 1104 + b);
        }
      }
      {
        constexpr size_t j = 5;
        for (size_t b = 0; b < 16; b += N) {
          V sum0_0 = hn::Zero(d);
          V sum0_1 = hn::Zero(d);
          V sum0_2 = hn::Zero(d);
          V sum1_0 = hn::Zero(d);
          V sum1_1 = hn::Zero(d);
          V sum1_2 = hn::Zero(d);
          for (size_t k = 0; k < 2; ++k) {
            // taps in the halo add nothing
            const size_t u_begin = i < 1 ? 1 - i : 0, u_end = std::min<size_t>(3, 9 - i);
            for (size_t u = u_begin; u < u_end; ++u) {
              for (size_t v = 0; v < 3; ++v) {
                const V weight0 = hn::Set(d, weight[c * 32 + k * 9 + u * 3 + v]);
                const V weight1 = hn::Set(d, weight[c * 32 + k * 9 + u * 3 + v + 32]);
                const V x0 = hn::Load(d, x + i * 160 + j * 16 + k * 1600 + u * 160 + v * 16 + b);
                sum0_0 = hn::MulAdd(weight0, x0, sum0_0);
                sum1_0 = hn::MulAdd(weight1, x0, sum1_0);
                const V x1 =
                    hn::Load(d, x + i * 160 + j * 16 + k * 1600 + u * 160 + v * 16 + 16 + b);
                sum0_1 = hn::MulAdd(weight0, x1, sum0_1);
                sum1_1 = hn::MulAdd(weight1, x1, sum1_1);
                const V x2 =
                    hn::Load(d, x + i * 160 + j * 16 + k * 1600 + u * 160 + v * 16 + 32 + b);
                sum0_2 = hn::MulAdd(weight0, x2, sum0_2);
                sum1_2 = hn::MulAdd(weight1, x2, sum1_2);
              }
            }
          }
          hn::Store(sum0_0, d, y + c * 1040 + i * 128 + j * 16 + b);
          hn::Store(sum0_1, d, y + c * 1040 + i * 128 + j * 16 + 16 + b);
          hn::Store(sum0_2, d, y + c * 1040 + i * 128 + j * 16 + 32 + b);
          hn::Store(sum1_0, d, y + c * 1040 + i * 128 + j * 16 + 1040 + b);
          hn::Store(sum1_1, d, y + c * 1040 + i * 128 + j * 16 + 1056 + b);
          hn::Store(sum1_2, d, y + c * 1040 + i * 128 + j * 16 + 1072 + b);
        }
      }
    }
  }
}

// batch_norm_1_sum_part: sum_part[i] += sum over samples of sum over k, u of x[i, k, u]
// x [4][8][8][16], sum_part [4].   Tile: 4 sums.
void batch_norm_1_sum_part(const float* HWY_RESTRICT x, float* HWY_RESTRICT sum_part,
    const tenon::block_call& call) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  alignas(64) float lanes[4][16];
  {
    constexpr size_t i = 0;
    for (size_t l = 0; l < 16; l += N) {
      V sum0 = hn::Zero(d);
      V sum1 = hn::Zero(d);
      V sum2 = hn::Zero(d);
      V sum3 = hn::Zero(d);
      for (size_t k = 0; k < 64; ++k) {
        for (size_t b = l; b < 16; b += 16) {
          const auto alive = hn::FirstN(d, call.live > b ? call.live - b : 0);
          const V x0 = hn::Load(d, x + i * 1040 + k * 16 + b);
          sum0 = hn::Add(sum0, hn::IfThenElseZero(alive, x0));
          const V x1 = hn::Load(d, x + i * 1040 + k * 16 + 1040 + b);
          sum1 = hn::Add(sum1, hn::IfThenElseZero(alive, x1));
          const V x2 = hn::Load(d, x + i * 1040 + k * 16 + 2080 + b);
          sum2 = hn::Add(sum2, hn::IfThenElseZero(alive, x2));
          const V x3 = hn::Load(d, x + i * 1040 + k * 16 + 3120 + b);
          sum3 = hn::Add(sum3, hn::IfThenElseZero(alive, x3));
        }
      }
      hn::Store(sum0, d, lanes[0] + l);
      hn::Store(sum1, d, lanes[1] + l);
      hn::Store(sum2, d, lanes[2] + l);
      hn::Store(sum3, d, lanes[3] + l);
    }
    float sums[4];
    tenon::HWY_NAMESPACE::sum_rows_of_16(lanes[0], 4, sums);
    sum_part[i] += sums[0];
    sum_part[i + 1] += sums[1];
    sum_part[i + 2] += sums[2];
    sum_part[i + 3] += sums[3];
  }
}

// batch_norm_1_sum: mean[i] = sum_part[i] / (n * 64)
// sum_part [4], mean [4].
// batch_norm_1_mean fused.
void batch_norm_1_sum(const float* HWY_RESTRICT sum_part, float* HWY_RESTRICT mean, size_t parts,
    size_t part_stride, const tenon::block_call& call) {
  for (size_t i = 0; i < 4; ++i) {
    mean[i] = (tenon::sum_over_parts(sum_part + i, parts, part_stride) / (call.batch_size * 64.0f));
  }
}

// batch_norm_1_squares_part: squares_part[i] += sum over samples of sum over k, u of (x[i, k, u] -
//     mean[i]) * (x[i, k, u] - mean[i])
// x [4][8][8][16], mean [4], squares_part [4].   Tile: 4 sums.
void batch_norm_1_squares_part(const float* HWY_RESTRICT x, const float* HWY_RESTRICT mean,
    float* HWY_RESTRICT squares_part, const tenon::block_call& call) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  alignas(64) float lanes[4][16];
  {
    constexpr size_t i = 0;
    for (size_t l = 0; l < 16; l += N) {
      V sum0 = hn::Zero(d);
      V sum1 = hn::Zero(d);
      V sum2 = hn::Zero(d);
      V sum3 = hn::Zero(d);
      for (size_t k = 0; k < 64; ++k) {
        for (size_t b = l; b < 16; b += 16) {
          const auto alive = hn::FirstN(d, call.live > b ? call.live - b : 0);
          const V x0 = hn::Load(d, x + i * 1040 + k * 16 + b);
          const V mean0 = hn::Set(d, mean[i]);
          sum0 = hn::Add(sum0,
              hn::IfThenElseZero(alive, hn::Mul(hn::Sub(x0, mean0), hn::Sub(x0, mean0))));
          const V x1 = hn::Load(d, x + i * 1040 + k * 16 + 1040 + b);
          const V mean1 = hn::Set(d, mean[i + 1]);
          sum1 = hn::Add(sum1,
              hn::IfThenElseZero(alive, hn::Mul(hn::Sub(x1, mean1), hn::Sub(x1, mean1))));
          const V x2 = hn::Load(d, x + i * 1040 + k * 16 + 2080 + b);
          const V mean2 = hn::Set(d, mean[i + 2]);
          sum2 = hn::Add(sum2,
              hn::IfThenElseZero(alive, hn::Mul(hn::Sub(x2, mean2), hn::Sub(x2, mean2))));
          const V x3 = hn::Load(d, x + i * 1040 + k * 16 + 3120 + b);
          const V mean3 = hn::Set(d, mean[i + 3]);
          sum3 = hn::Add(sum3,
              hn::IfThenElseZero(alive, hn::Mul(hn::Sub(x3, mean3), hn::Sub(x3, mean3))));
        }
      }
      hn::Store(sum0, d, lanes[0] + l);
      hn::Store(sum1, d, lanes[1] + l);
      hn::Store(sum2, d, lanes[2] + l);
      hn::Store(sum3, d, lanes[3] + l);
    }
    float sums[4];
    tenon::HWY_NAMESPACE::sum_rows_of_16(lanes[0], 4, sums);
    squares_part[i] += sums[0];
    squares_part[i + 1] += sums[1];
    squares_part[i + 2] += sums[2];
    squares_part[i + 3] += sums[3];
  }
}

// batch_norm_1_rstd: rstd[i] = 1 / sqrt(squares[i] / (n * 64) + 1e-05)
// squares [4], rstd [4].
void batch_norm_1_rstd(const float* HWY_RESTRICT squares, float* HWY_RESTRICT rstd,
    const tenon::block_call& call) {
  for (size_t i = 0; i < 4; ++i) {
    rstd[i] = (1.0f / std::sqrt(((squares[i] / (call.batch_size * 64.0f)) + 1e-05f)));
  }
}

// batch_norm_1: y[c, i, j] = max((x[c, i, j] - mean[c]) * rstd[c] * weight[c] + bias[c], 0)
// x [4][8][8][16], mean [4], rstd [4], weight [4], bias [4], y [4][8][8][16].
// relu_1 fused.
void batch_norm_1(const float* HWY_RESTRICT x, const float* HWY_RESTRICT mean,
    const float* HWY_RESTRICT rstd, const float* HWY_RESTRICT weight,
    const float* HWY_RESTRICT bias, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t c = 0; c < 4; ++c) {
    for (size_t i = 0; i < 64; ++i) {
      for (size_t b = 0; b < 16; b += N) {
        const V x0 = hn::Load(d, x + c * 1040 + i * 16 + b);
        const V mean0 = hn::Set(d, mean[c]);
        const V rstd0 = hn::Set(d, rstd[c]);
        const V weight0 = hn::Set(d, weight[c]);
        const V bias0 = hn::Set(d, bias[c]);
        hn::Store(hn::Max(hn::MulAdd(hn::Sub(x0, mean0), hn::Mul(rstd0, weight0), bias0),
            hn::Zero(d)), d, y + c * 1040 + i * 16 + b);
      }
    }
  }
}

// dropout_1_mask: mask[i] = (0.6 > uniform() ? 1.66667 : 0)
// mask [64][16].
void dropout_1_mask(float* HWY_RESTRICT mask, const tenon::block_call& call) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t b = 0; b < 16; b += N) {
    const auto samples = hn::Iota(du, static_cast<uint32_t>(call.first_sample + b));
    for (size_t i = 0; i < 64; i += 4) {
      V u0, u1, u2, u3;
      tenon::HWY_NAMESPACE::uniform_4(d, call.seed, 6u, call.step, samples,
          static_cast<uint32_t>(i / 4), u0, u1, u2, u3);
      hn::Store(hn::IfThenElseZero(hn::Gt(hn::Set(d, 0.6f), u0), hn::Set(d, 1.6666666f)), d,
          mask + i * 16 + b);
      hn::Store(hn::IfThenElseZero(hn::Gt(hn::Set(d, 0.6f), u1), hn::Set(d, 1.6666666f)), d,
          mask + i * 16 + 16 + b);
      hn::Store(hn::IfThenElseZero(hn::Gt(hn::Set(d, 0.6f), u2), hn::Set(d, 1.6666666f)), d,
          mask + i * 16 + 32 + b);
      hn::Store(hn::IfThenElseZero(hn::Gt(hn::Set(d, 0.6f), u3), hn::Set(d, 1.6666666f)), d,
          mask + i * 16 + 48 + b);
    }
  }
}

// max_pool_1: y[16 c + 4 i + j] = (maximum over k, u of x[c, 2 i + k, 2 j + u]) * mask[16 c + 4 i +
//     j]
// x [4][8][8][16], mask [64][16], y [64][16].
// dropout_1 fused.
void max_pool_1(const float* HWY_RESTRICT x, const float* HWY_RESTRICT mask,
    float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t c = 0; c < 4; ++c) {
    for (size_t i = 0; i < 4; ++i) {
      for (size_t j = 0; j < 4; ++j) {
        for (size_t b = 0; b < 16; b += N) {
          V sum = hn::Set(d, -std::numeric_limits<float>::infinity());
          for (size_t k = 0; k < 2; ++k) {
            for (size_t u = 0; u < 2; ++u) {
              const V x0 = hn::Load(d, x + c * 1040 + i * 256 + j * 32 + k * 128 + u * 16 + b);
              sum = hn::Max(sum, x0);
            }
          }
          const V mask0 = hn::Load(d, mask + c * 256 + i * 64 + j * 16 + b);
          hn::Store(hn::Mul(sum, mask0), d, y + c * 256 + i * 64 + j * 16 + b);
        }
      }
    }
  }
}

// linear_1: y[i] = bias[i] + sum over k of weight[i, k] * x[k]
// bias [3], weight [3][64], x [64][16], y [3][16].   Tile: 3 rows.
// 384 FLOP per sample.
void linear_1(const float* HWY_RESTRICT bias, const float* HWY_RESTRICT weight,
    const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  {
    constexpr size_t i = 0;
    for (size_t b = 0; b < 16; b += N) {
      V sum0 = hn::Zero(d);
      V sum1 = hn::Zero(d);
      V sum2 = hn::Zero(d);
      for (size_t k = 0; k < 64; ++k) {
        const V weight0 = hn::Set(d, weight[i * 64 + k]);
        const V x0 = hn::Load(d, x + k * 16 + b);
        sum0 = hn::MulAdd(weight0, x0, sum0);
        const V weight1 = hn::Set(d, weight[i * 64 + k + 64]);
        sum1 = hn::MulAdd(weight1, x0, sum1);
        const V weight2 = hn::Set(d, weight[i * 64 + k + 128]);
        sum2 = hn::MulAdd(weight2, x0, sum2);
      }
      const V bias0 = hn::Set(d, bias[i]);
      hn::Store(hn::Add(bias0, sum0), d, y + i * 16 + b);
      const V bias1 = hn::Set(d, bias[i + 1]);
      hn::Store(hn::Add(bias1, sum1), d, y + i * 16 + 16 + b);
      const V bias2 = hn::Set(d, bias[i + 2]);
      hn::Store(hn::Add(bias2, sum2), d, y + i * 16 + 32 + b);
    }
  }
}

// softmax_cross_entropy_1_maximum: maximum = maximum over k of x[k]
// x [3][16], maximum [16].
void softmax_cross_entropy_1_maximum(const float* HWY_RESTRICT x, float* HWY_RESTRICT maximum) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t b = 0; b < 16; b += N) {
    V sum = hn::Set(d, -std::numeric_limits<float>::infinity());
    for (size_t k = 0; k < 3; ++k) {
      const V x0 = hn::Load(d, x + k * 16 + b);
      sum = hn::Max(sum, x0);
    }
    hn::Store(sum, d, maximum + 0 + b);
  }
}

// softmax_cross_entropy_1_total: total = sum over k of exp(x[k] - maximum)
// x [3][16], maximum [16], total [16].
void softmax_cross_entropy_1_total(const float* HWY_RESTRICT x, const float* HWY_RESTRICT maximum,
    float* HWY_RESTRICT total) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t b = 0; b < 16; b += N) {
    V sum = hn::Zero(d);
    for (size_t k = 0; k < 3; ++k) {
      const V x0 = hn::Load(d, x + k * 16 + b);
      const V maximum0 = hn::Load(d, maximum + 0 + b);
      sum = hn::Add(sum, math::exp(d, hn::Sub(x0, maximum0)));
    }
    hn::Store(sum, d, total + 0 + b);
  }
}

// softmax_cross_entropy_1_sum_of_sample: sum_of_sample = log(total) - (sum over k of (k == target ?
//     1 : 0) * (x[k] - maximum))
// total [16], target [16], x [3][16], maximum [16], sum_of_sample [16].
void softmax_cross_entropy_1_sum_of_sample(const float* HWY_RESTRICT total,
    const float* HWY_RESTRICT target, const float* HWY_RESTRICT x,
    const float* HWY_RESTRICT maximum, float* HWY_RESTRICT sum_of_sample) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t b = 0; b < 16; b += N) {
    V sum = hn::Zero(d);
    for (size_t k = 0; k < 3; ++k) {
      const V target0 = hn::Load(d, target + 0 + b);
      const V x0 = hn::Load(d, x + k * 16 + b);
      const V maximum0 = hn::Load(d, maximum + 0 + b);
      sum = hn::MulAdd(hn::IfThenElseZero(hn::Eq(hn::Set(d, static_cast<float>(k)), target0),
          hn::Set(d, 1.0f)), hn::Sub(x0, maximum0), sum);
    }
    const V total0 = hn::Load(d, total + 0 + b);
    hn::Store(hn::Sub(math::log(d, total0), sum), d, sum_of_sample + 0 + b);
  }
}

// softmax_cross_entropy_1_sum_part: sum_part += sum over samples of sum_of_sample
// sum_of_sample [16], sum_part [1].
void softmax_cross_entropy_1_sum_part(const float* HWY_RESTRICT sum_of_sample,
    float* HWY_RESTRICT sum_part, const tenon::block_call& call) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  alignas(64) float lanes[1][16];
  for (size_t l = 0; l < 16; l += N) {
    V sum = hn::Zero(d);
    for (size_t b = l; b < 16; b += 16) {
      const auto alive = hn::FirstN(d, call.live > b ? call.live - b : 0);
      const V sum_of_sample0 = hn::Load(d, sum_of_sample + 0 + b);
      sum = hn::Add(sum, hn::IfThenElseZero(alive, sum_of_sample0));
    }
    hn::Store(sum, d, lanes[0] + l);
  }
  sum_part[0] += tenon::HWY_NAMESPACE::sum_of_16(lanes[0]);
}

// softmax_cross_entropy_1_gradient: d_x[i] = (exp(x[i] - maximum) / total - (i == target ? 1 : 0))
//     / n
// x [3][16], maximum [16], total [16], target [16], d_x [3][16].
void softmax_cross_entropy_1_gradient(const float* HWY_RESTRICT x,
    const float* HWY_RESTRICT maximum, const float* HWY_RESTRICT total,
    const float* HWY_RESTRICT target, float* HWY_RESTRICT d_x, const tenon::block_call& call) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t i = 0; i < 3; ++i) {
    for (size_t b = 0; b < 16; b += N) {
      const auto alive = hn::FirstN(d, call.live > b ? call.live - b : 0);
      const V x0 = hn::Load(d, x + i * 16 + b);
      const V maximum0 = hn::Load(d, maximum + 0 + b);
      const V total0 = hn::Load(d, total + 0 + b);
      const V target0 = hn::Load(d, target + 0 + b);
      hn::Store(hn::IfThenElseZero(alive, hn::Div(hn::Sub(hn::Div(math::exp(d,
          hn::Sub(x0, maximum0)), total0), hn::IfThenElseZero(hn::Eq(hn::Set(d,
          static_cast<float>(i)), target0), hn::Set(d, 1.0f))), hn::Set(d, call.batch_size))), d,
          d_x + i * 16 + b);
    }
  }
}

// linear_1_input_gradient: d_x[i] = sum over k of d_y[k] * weight[k, i]
// d_y [3][16], weight [3][64], d_x [64][16].   Tile: 11 rows.
// 384 FLOP per sample.
void linear_1_input_gradient(const float* HWY_RESTRICT d_y, const float* HWY_RESTRICT weight,
    float* HWY_RESTRICT d_x) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t i = 0; i < 55; i += 11) {
    for (size_t b = 0; b < 16; b += N) {
      V sum0 = hn::Zero(d);
      V sum1 = hn::Zero(d);
      V sum2 = hn::Zero(d);
      V sum3 = hn::Zero(d);
      V sum4 = hn::Zero(d);
      V sum5 = hn::Zero(d);
      V sum6 = hn::Zero(d);
      V sum7 = hn::Zero(d);
      V sum8 = hn::Zero(d);
      V sum9 = hn::Zero(d);
      V sum10 = hn::Zero(d);
      for (size_t k = 0; k < 3; ++k) {
        const V d_y0 = hn::Load(d, d_y + k * 16 + b);
        const V weight0 = hn::Set(d, weight[i + k * 64]);
        sum0 = hn::MulAdd(d_y0, weight0, sum0);
        const V weight1 = hn::Set(d, weight[i + k * 64 + 1]);
        sum1 = hn::MulAdd(d_y0, weight1, sum1);
        const V weight2 = hn::Set(d, weight[i + k * 64 + 2]);
        sum2 = hn::MulAdd(d_y0, weight2, sum2);
        const V weight3 = hn::Set(d, weight[i + k * 64 + 3]);
        sum3 = hn::MulAdd(d_y0, weight3, sum3);
        const V weight4 = hn::Set(d, weight[i + k * 64 + 4]);
        sum4 = hn::MulAdd(d_y0, weight4, sum4);
        const V weight5 = hn::Set(d, weight[i + k * 64 + 5]);
        sum5 = hn::MulAdd(d_y0, weight5, sum5);
        const V weight6 = hn::Set(d, weight[i + k * 64 + 6]);
        sum6 = hn::MulAdd(d_y0, weight6, sum6);
        const V weight7 = hn::Set(d, weight[i + k * 64 + 7]);
        sum7 = hn::MulAdd(d_y0, weight7, sum7);
        const V weight8 = hn::Set(d, weight[i + k * 64 + 8]);
        sum8 = hn::MulAdd(d_y0, weight8, sum8);
        const V weight9 = hn::Set(d, weight[i + k * 64 + 9]);
        sum9 = hn::MulAdd(d_y0, weight9, sum9);
        const V weight10 = hn::Set(d, weight[i + k * 64 + 10]);
        sum10 = hn::MulAdd(d_y0, weight10, sum10);
      }
      hn::Store(sum0, d, d_x + i * 16 + b);
      hn::Store(sum1, d, d_x + i * 16 + 16 + b);
      hn::Store(sum2, d, d_x + i * 16 + 32 + b);
      hn::Store(sum3, d, d_x + i * 16 + 48 + b);
      hn::Store(sum4, d, d_x + i * 16 + 64 + b);
      hn::Store(sum5, d, d_x + i * 16 + 80 + b);
      hn::Store(sum6, d, d_x + i * 16 + 96 + b);
      hn::Store(sum7, d, d_x + i * 16 + 112 + b);
      hn::Store(sum8, d, d_x + i * 16 + 128 + b);
      hn::Store(sum9, d, d_x + i * 16 + 144 + b);
      hn::Store(sum10, d, d_x + i * 16 + 160 + b);
    }
  }
  {
    constexpr size_t i = 55;
    for (size_t b = 0; b < 16; b += N) {
      V sum0 = hn::Zero(d);
      V sum1 = hn::Zero(d);
      V sum2 = hn::Zero(d);
      V sum3 = hn::Zero(d);
      V sum4 = hn::Zero(d);
      V sum5 = hn::Zero(d);
      V sum6 = hn::Zero(d);
      V sum7 = hn::Zero(d);
      V sum8 = hn::Zero(d);
      for (size_t k = 0; k < 3; ++k) {
        const V d_y0 = hn::Load(d, d_y + k * 16 + b);
        const V weight0 = hn::Set(d, weight[i + k * 64]);
        sum0 = hn::MulAdd(d_y0, weight0, sum0);
        const V weight1 = hn::Set(d, weight[i + k * 64 + 1]);
        sum1 = hn::MulAdd(d_y0, weight1, sum1);
        const V weight2 = hn::Set(d, weight[i + k * 64 + 2]);
        sum2 = hn::MulAdd(d_y0, weight2, sum2);
        const V weight3 = hn::Set(d, weight[i + k * 64 + 3]);
        sum3 = hn::MulAdd(d_y0, weight3, sum3);
        const V weight4 = hn::Set(d, weight[i + k * 64 + 4]);
        sum4 = hn::MulAdd(d_y0, weight4, sum4);
        const V weight5 = hn::Set(d, weight[i + k * 64 + 5]);
        sum5 = hn::MulAdd(d_y0, weight5, sum5);
        const V weight6 = hn::Set(d, weight[i + k * 64 + 6]);
        sum6 = hn::MulAdd(d_y0, weight6, sum6);
        const V weight7 = hn::Set(d, weight[i + k * 64 + 7]);
        sum7 = hn::MulAdd(d_y0, weight7, sum7);
        const V weight8 = hn::Set(d, weight[i + k * 64 + 8]);
        sum8 = hn::MulAdd(d_y0, weight8, sum8);
      }
      hn::Store(sum0, d, d_x + i * 16 + b);
      hn::Store(sum1, d, d_x + i * 16 + 16 + b);
      hn::Store(sum2, d, d_x + i * 16 + 32 + b);
      hn::Store(sum3, d, d_x + i * 16 + 48 + b);
      hn::Store(sum4, d, d_x + i * 16 + 64 + b);
      hn::Store(sum5, d, d_x + i * 16 + 80 + b);
      hn::Store(sum6, d, d_x + i * 16 + 96 + b);
      hn::Store(sum7, d, d_x + i * 16 + 112 + b);
      hn::Store(sum8, d, d_x + i * 16 + 128 + b);
    }
  }
}

// linear_1_weight_gradient: d_weight[c, i] += sum over samples of d_y[c] * x_transposed[i]
// d_y [3][16], x_transposed [16][64], d_weight [3][64].   Tile: 3 rows x 1 vector of columns.
// 384 FLOP per sample.
void linear_1_weight_gradient(const float* HWY_RESTRICT d_y, const float* HWY_RESTRICT x_transposed,
    float* HWY_RESTRICT d_weight) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  {
    constexpr size_t c = 0;
    for (size_t i = 0; i < 64; i += N) {
      V sum0 = hn::Load(d, d_weight + c * 64 + i);
      V sum1 = hn::Load(d, d_weight + c * 64 + 64 + i);
      V sum2 = hn::Load(d, d_weight + c * 64 + 128 + i);
      for (size_t b = 0; b < 16; ++b) {
        const V x0 = hn::Load(d, x_transposed + b * 64 + i);
        sum0 = hn::MulAdd(hn::Set(d, d_y[c * 16 + b]), x0, sum0);
        sum1 = hn::MulAdd(hn::Set(d, d_y[c * 16 + 16 + b]), x0, sum1);
        sum2 = hn::MulAdd(hn::Set(d, d_y[c * 16 + 32 + b]), x0, sum2);
      }
      hn::Store(sum0, d, d_weight + c * 64 + i);
      hn::Store(sum1, d, d_weight + c * 64 + 64 + i);
      hn::Store(sum2, d, d_weight + c * 64 + 128 + i);
    }
  }
}

// linear_1_bias_gradient: d_bias[i] += sum over samples of d_y[i]
// d_y [3][16], d_bias [3].   Tile: 3 sums.
void linear_1_bias_gradient(const float* HWY_RESTRICT d_y, float* HWY_RESTRICT d_bias) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  alignas(64) float lanes[3][16];
  {
    constexpr size_t i = 0;
    for (size_t l = 0; l < 16; l += N) {
      V sum0 = hn::Zero(d);
      V sum1 = hn::Zero(d);
      V sum2 = hn::Zero(d);
      for (size_t b = l; b < 16; b += 16) {
        const V d_y0 = hn::Load(d, d_y + i * 16 + b);
        sum0 = hn::Add(sum0, d_y0);
        const V d_y1 = hn::Load(d, d_y + i * 16 + 16 + b);
        sum1 = hn::Add(sum1, d_y1);
        const V d_y2 = hn::Load(d, d_y + i * 16 + 32 + b);
        sum2 = hn::Add(sum2, d_y2);
      }
      hn::Store(sum0, d, lanes[0] + l);
      hn::Store(sum1, d, lanes[1] + l);
      hn::Store(sum2, d, lanes[2] + l);
    }
    float sums[3];
    tenon::HWY_NAMESPACE::sum_rows_of_16(lanes[0], 3, sums);
    d_bias[i] += sums[0];
    d_bias[i + 1] += sums[1];
    d_bias[i + 2] += sums[2];
  }
}

// dropout_1_gradient: d_x[c, i, j] = d_y[16 c + 4 i + j] * mask[16 c + 4 i + j]
// d_y [64][16], mask [64][16], d_x [4][4][4][16].
void dropout_1_gradient(const float* HWY_RESTRICT d_y, const float* HWY_RESTRICT mask,
    float* HWY_RESTRICT d_x) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t i = 0; i < 64; ++i) {
    for (size_t b = 0; b < 16; b += N) {
      const V d_y0 = hn::Load(d, d_y + i * 16 + b);
      const V mask0 = hn::Load(d, mask + i * 16 + b);
      hn::Store(hn::Mul(d_y0, mask0), d, d_x + i * 16 + b);
    }
  }
}

// max_pool_1_first_maximum: first[c, i, j] = place of the first maximum over k, u of x[c, 2 i + k,
//     2 j + u]
// x [4][8][8][16], first [4][4][4][16].
void max_pool_1_first_maximum(const float* HWY_RESTRICT x, float* HWY_RESTRICT first) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t c = 0; c < 4; ++c) {
    for (size_t i = 0; i < 4; ++i) {
      for (size_t j = 0; j < 4; ++j) {
        for (size_t b = 0; b < 16; b += N) {
          V sum = hn::Set(d, -std::numeric_limits<float>::infinity());
          V sum_at = hn::Zero(d);
          for (size_t k = 0; k < 2; ++k) {
            for (size_t u = 0; u < 2; ++u) {
              const V x0 = hn::Load(d, x + c * 1040 + i * 256 + j * 32 + k * 128 + u * 16 + b);
              const auto larger0 = hn::Gt(x0, sum);
              sum = hn::IfThenElse(larger0, x0, sum);
              sum_at = hn::IfThenElse(larger0, hn::Set(d, static_cast<float>(k * 2 + u)), sum_at);
            }
          }
          hn::Store(sum_at, d, first + c * 256 + i * 64 + j * 16 + b);
        }
      }
    }
  }
}

// max_pool_1_input_gradient: d_x[i0, 2 i1 + i2, 2 i3 + i4] = (x[i0, 2 i1 + i2, 2 i3 + i4] > 0 ? (2
//     i2 + i4 == first[i0, i1, i3] ? d_y[i0, i1, i3] : 0) : 0)
// x [4][8][8][16], first [4][4][4][16], d_y [4][4][4][16], d_x [4][8][8][16].
// relu_1_gradient fused.
void max_pool_1_input_gradient(const float* HWY_RESTRICT x, const float* HWY_RESTRICT first,
    const float* HWY_RESTRICT d_y, float* HWY_RESTRICT d_x) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t i0 = 0; i0 < 4; ++i0) {
    for (size_t i1 = 0; i1 < 4; ++i1) {
      for (size_t i2 = 0; i2 < 2; ++i2) {
        for (size_t i3 = 0; i3 < 4; ++i3) {
          for (size_t i4 = 0; i4 < 2; ++i4) {
            for (size_t b = 0; b < 16; b += N) {
              const V d_y0 = hn::Load(d, d_y + i0 * 256 + i1 * 64 + i3 * 16 + b);
              const V first0 = hn::Load(d, first + i0 * 256 + i1 * 64 + i3 * 16 + b);
              const V x0 = hn::Load(d, x + i0 * 1040 + i1 * 256 + i2 * 128 + i3 * 32 + i4 * 16 + b);
              hn::Store(hn::IfThenElseZero(hn::Gt(x0, hn::Zero(d)),
                  hn::IfThenElseZero(hn::Eq(hn::Set(d, static_cast<float>(i2 * 2 + i4)), first0),
                  d_y0)), d, d_x + i0 * 1040 + i1 * 256 + i2 * 128 + i3 * 32 + i4 * 16 + b);
            }
          }
        }
      }
    }
  }
}

// batch_norm_1_gradient_d_weight_part: d_weight_part[i] += sum over samples of sum over k, u of
//     d_y[i, k, u] * (x[i, k, u] - mean[i]) * rstd[i]
// d_y [4][8][8][16], x [4][8][8][16], mean [4], rstd [4], d_weight_part [4].   Tile: 4 sums.
void batch_norm_1_gradient_d_weight_part(const float* HWY_RESTRICT d_y, const float* HWY_RESTRICT x,
    const float* HWY_RESTRICT mean, const float* HWY_RESTRICT rstd,
    float* HWY_RESTRICT d_weight_part, const tenon::block_call& call) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  alignas(64) float lanes[4][16];
  {
    constexpr size_t i = 0;
    for (size_t l = 0; l < 16; l += N) {
      V sum0 = hn::Zero(d);
      V sum1 = hn::Zero(d);
      V sum2 = hn::Zero(d);
      V sum3 = hn::Zero(d);
      for (size_t k = 0; k < 64; ++k) {
        for (size_t b = l; b < 16; b += 16) {
          const auto alive = hn::FirstN(d, call.live > b ? call.live - b : 0);
          const V d_y0 = hn::Load(d, d_y + i * 1040 + k * 16 + b);
          const V x0 = hn::Load(d, x + i * 1040 + k * 16 + b);
          const V mean0 = hn::Set(d, mean[i]);
          const V rstd0 = hn::Set(d, rstd[i]);
          sum0 = hn::Add(sum0,
              hn::IfThenElseZero(alive, hn::Mul(d_y0, hn::Mul(hn::Sub(x0, mean0), rstd0))));
          const V d_y1 = hn::Load(d, d_y + i * 1040 + k * 16 + 1040 + b);
          const V x1 = hn::Load(d, x + i * 1040 + k * 16 + 1040 + b);
          const V mean1 = hn::Set(d, mean[i + 1]);
          const V rstd1 = hn::Set(d, rstd[i + 1]);
          sum1 = hn::Add(sum1,
              hn::IfThenElseZero(alive, hn::Mul(d_y1, hn::Mul(hn::Sub(x1, mean1), rstd1))));
          const V d_y2 = hn::Load(d, d_y + i * 1040 + k * 16 + 2080 + b);
          const V x2 = hn::Load(d, x + i * 1040 + k * 16 + 2080 + b);
          const V mean2 = hn::Set(d, mean[i + 2]);
          const V rstd2 = hn::Set(d, rstd[i + 2]);
          sum2 = hn::Add(sum2,
              hn::IfThenElseZero(alive, hn::Mul(d_y2, hn::Mul(hn::Sub(x2, mean2), rstd2))));
          const V d_y3 = hn::Load(d, d_y + i * 1040 + k * 16 + 3120 + b);
          const V x3 = hn::Load(d, x + i * 1040 + k * 16 + 3120 + b);
          const V mean3 = hn::Set(d, mean[i + 3]);
          const V rstd3 = hn::Set(d, rstd[i + 3]);
          sum3 = hn::Add(sum3,
              hn::IfThenElseZero(alive, hn::Mul(d_y3, hn::Mul(hn::Sub(x3, mean3), rstd3))));
        }
      }
      hn::Store(sum0, d, lanes[0] + l);
      hn::Store(sum1, d, lanes[1] + l);
      hn::Store(sum2, d, lanes[2] + l);
      hn::Store(sum3, d, lanes[3] + l);
    }
    float sums[4];
    tenon::HWY_NAMESPACE::sum_rows_of_16(lanes[0], 4, sums);
    d_weight_part[i] += sums[0];
    d_weight_part[i + 1] += sums[1];
    d_weight_part[i + 2] += sums[2];
    d_weight_part[i + 3] += sums[3];
  }
}

// softmax_cross_entropy_1_sum: loss = sum_part / n
// sum_part [1], loss [1].
// softmax_cross_entropy_1_loss fused.
void softmax_cross_entropy_1_sum(const float* HWY_RESTRICT sum_part, float* HWY_RESTRICT loss,
    size_t parts, size_t part_stride, const tenon::block_call& call) {
  loss[0] = (tenon::sum_over_parts(sum_part + 0, parts, part_stride) / call.batch_size);
}

// batch_norm_1_gradient: d_x[c, i, j] = weight[c] * rstd[c] * (d_y[c, i, j] - (d_bias[c] + (x[c, i,
//     j] - mean[c]) * rstd[c] * d_weight[c]) / (n * 64))
// weight [4], rstd [4], d_y [4][8][8][16], d_bias [4], x [4][8][8][16], mean [4], d_weight [4], d_x
//     [4][8][8][16].
void batch_norm_1_gradient(const float* HWY_RESTRICT weight, const float* HWY_RESTRICT rstd,
    const float* HWY_RESTRICT d_y, const float* HWY_RESTRICT d_bias, const float* HWY_RESTRICT x,
    const float* HWY_RESTRICT mean, const float* HWY_RESTRICT d_weight, float* HWY_RESTRICT d_x,
    const tenon::block_call& call) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t c = 0; c < 4; ++c) {
    for (size_t i = 0; i < 64; ++i) {
      for (size_t b = 0; b < 16; b += N) {
        const auto alive = hn::FirstN(d, call.live > b ? call.live - b : 0);
        const V weight0 = hn::Set(d, weight[c]);
        const V rstd0 = hn::Set(d, rstd[c]);
        const V d_y0 = hn::Load(d, d_y + c * 1040 + i * 16 + b);
        const V x0 = hn::Load(d, x + c * 1040 + i * 16 + b);
        const V mean0 = hn::Set(d, mean[c]);
        const V d_weight0 = hn::Set(d, d_weight[c]);
        const V d_bias0 = hn::Set(d, d_bias[c]);
        hn::Store(hn::IfThenElseZero(alive, hn::Mul(hn::Mul(weight0, rstd0),
            hn::Sub(d_y0, hn::Div(hn::MulAdd(hn::Mul(hn::Sub(x0, mean0), rstd0), d_weight0,
            d_bias0), hn::Mul(hn::Set(d, call.batch_size), hn::Set(d, 64.0f)))))), d,
            d_x + c * 1040 + i * 16 + b);
      }
    }
  }
}

// conv2d_1_weight_gradient: d_weight[g, c, i, j] += sum over samples of sum over k, u of d_y[g, k,
//     u] * x[c, i + k - 1, j + u - 1]
// d_y [4][8][8][16], x [2][10][10][16], d_weight [4][32].   Tile: 2 x (3 x 3).
// 9,216 FLOP per sample.
void conv2d_1_weight_gradient(const float* HWY_RESTRICT d_y, const float* HWY_RESTRICT x,
    float* HWY_RESTRICT d_weight) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  alignas(64) float lanes[18][16];
  for (size_t g = 0; g < 4; g += 2) {
    for (size_t c = 0; c < 2; ++c) {
      {
        constexpr size_t i = 0;
        {
          constexpr size_t j = 0;
          for (size_t l = 0; l < 16; l += N) {
            V sum0_0 = hn::Zero(d);
            V sum0_1 = hn::Zero(d);
            V sum0_2 = hn::Zero(d);
            V sum0_3 = hn::Zero(d);
            V sum0_4 = hn::Zero(d);
            V sum0_5 = hn::Zero(d);
            V sum0_6 = hn::Zero(d);
            V sum0_7 = hn::Zero(d);
            V sum0_8 = hn::Zero(d);
            V sum1_0 = hn::Zero(d);
            V sum1_1 = hn::Zero(d);
            V sum1_2 = hn::Zero(d);
            V sum1_3 = hn::Zero(d);
            V sum1_4 = hn::Zero(d);
            V sum1_5 = hn::Zero(d);
            V sum1_6 = hn::Zero(d);
            V sum1_7 = hn::Zero(d);
            V sum1_8 = hn::Zero(d);
            for (size_t k = 0; k < 8; ++k) {
              for (size_t u = 0; u < 8; ++u) {
                for (size_t b = l; b < 16; b += 16) {
                  const V d_y0 = hn::Load(d, d_y + g * 1040 + k * 128 + u * 16 + b);
                  const V d_y1 = hn::Load(d, d_y + g * 1040 + k * 128 + u * 16 + 1040 + b);
                  const V x0 = hn::Load(d, x + c * 1600 + i * 160 + j * 16 + k * 160 + u * 16 + b);
                  sum0_0 = hn::MulAdd(d_y0, x0, sum0_0);
                  sum1_0 = hn::MulAdd(d_y1, x0, sum1_0);
                  const V x1 =
                      hn::Load(d, x + c * 1600 + i * 160 + j * 16 + k * 160 + u * 16 + 16 + b);
                  sum0_1 = hn::MulAdd(d_y0, x1, sum0_1);
                  sum1_1 = hn::MulAdd(d_y1, x1, sum1_1);
                  const V x2 =
                      hn::Load(d, x + c * 1600 + i * 160 + j * 16 + k * 160 + u * 16 + 32 + b);
                  sum0_2 = hn::MulAdd(d_y0, x2, sum0_2);
                  sum1_2 = hn::MulAdd(d_y1, x2, sum1_2);
                  const V x3 =
                      hn::Load(d, x + c * 1600 + i * 160 + j * 16 + k * 160 + u * 16 + 160 + b);
                  sum0_3 = hn::MulAdd(d_y0, x3, sum0_3);
                  sum1_3 = hn::MulAdd(d_y1, x3, sum1_3);
                  const V x4 =
                      hn::Load(d, x + c * 1600 + i * 160 + j * 16 + k * 160 + u * 16 + 176 + b);
                  sum0_4 = hn::MulAdd(d_y0, x4, sum0_4);
                  sum1_4 = hn::MulAdd(d_y1, x4, sum1_4);
                  const V x5 =
                      hn::Load(d, x + c * 1600 + i * 160 + j * 16 + k * 160 + u * 16 + 192 + b);
                  sum0_5 = hn::MulAdd(d_y0, x5, sum0_5);
                  sum1_5 = hn::MulAdd(d_y1, x5, sum1_5);
                  const V x6 =
                      hn::Load(d, x + c * 1600 + i * 160 + j * 16 + k * 160 + u * 16 + 320 + b);
                  sum0_6 = hn::MulAdd(d_y0, x6, sum0_6);
                  sum1_6 = hn::MulAdd(d_y1, x6, sum1_6);
                  const V x7 =
                      hn::Load(d, x + c * 1600 + i * 160 + j * 16 + k * 160 + u * 16 + 336 + b);
                  sum0_7 = hn::MulAdd(d_y0, x7, sum0_7);
                  sum1_7 = hn::MulAdd(d_y1, x7, sum1_7);
                  const V x8 =
                      hn::Load(d, x + c * 1600 + i * 160 + j * 16 + k * 160 + u * 16 + 352 + b);
                  sum0_8 = hn::MulAdd(d_y0, x8, sum0_8);
                  sum1_8 = hn::MulAdd(d_y1, x8, sum1_8);
                }
              }
            }
            hn::Store(sum0_0, d, lanes[0] + l);
            hn::Store(sum0_1, d, lanes[1] + l);
            hn::Store(sum0_2, d, lanes[2] + l);
            hn::Store(sum0_3, d, lanes[3] + l);
            hn::Store(sum0_4, d, lanes[4] + l);
            hn::Store(sum0_5, d, lanes[5] + l);
            hn::Store(sum0_6, d, lanes[6] + l);
            hn::Store(sum0_7, d, lanes[7] + l);
            hn::Store(sum0_8, d, lanes[8] + l);
            hn::Store(sum1_0, d, lanes[9] + l);
            hn::Store(sum1_1, d, lanes[10] + l);
            hn::Store(sum1_2, d, lanes[11] + l);
            hn::Store(sum1_3, d, lanes[12] + l);
            hn::Store(sum1_4, d, lanes[13] + l);
            hn::Store(sum1_5, d, lanes[14] + l);
            hn::Store(sum1_6, d, lanes[15] + l);
            hn::Store(sum1_7, d, lanes[16] + l);
            hn::Store(sum1_8, d, lanes[17] + l);
          }
          float sums[18];
          tenon::HWY_NAMESPACE::sum_rows_of_16(lanes[0], 18, sums);
          d_weight[g * 32 + c * 9 + i * 3 + j] += sums[0];
          d_weight[g * 32 + c * 9 + i * 3 + j + 1] += sums[1];
          d_weight[g * 32 + c * 9 + i * 3 + j + 2] += sums[2];
          d_weight[g * 32 + c * 9 + i * 3 + j + 3] += sums[3];
          d_weight[g * 32 + c * 9 + i * 3 + j + 4] += sums[4];
          d_weight[g * 32 + c * 9 + i * 3 + j + 5] += sums[5];
          d_weight[g * 32 + c * 9 + i * 3 + j + 6] += sums[6];
          d_weight[g * 32 + c * 9 + i * 3 + j + 7] += sums[7];
          d_weight[g * 32 + c * 9 + i * 3 + j + 8] += sums[8];
          d_weight[g * 32 + c * 9 + i * 3 + j + 32] += sums[9];
          d_weight[g * 32 + c * 9 + i * 3 + j + 33] += sums[10];
          d_weight[g * 32 + c * 9 + i * 3 + j + 34] += sums[11];
          d_weight[g * 32 + c * 9 + i * 3 + j + 35] += sums[12];
          d_weight[g * 32 + c * 9 + i * 3 + j + 36] += sums[13];
          d_weight[g * 32 + c * 9 + i * 3 + j + 37] += sums[14];
          d_weight[g * 32 + c * 9 + i * 3 + j + 38] += sums[15];
          d_weight[g * 32 + c * 9 + i * 3 + j + 39] += sums[16];
          d_weight[g * 32 + c * 9 + i * 3 + j + 40] += sums[17];
        }
      }
    }
  }
}

// batch_norm_1_running_mean_update: running_mean[i] = 0.9 * running_mean[i] + 0.1 * mean[i]
// mean [4], running_mean [4].
void batch_norm_1_running_mean_update(const float* HWY_RESTRICT mean,
    float* HWY_RESTRICT running_mean) {
  for (size_t i = 0; i < 4; ++i) {
    running_mean[i] = ((0.9f * running_mean[i]) + (0.1f * mean[i]));
  }
}

// batch_norm_1_running_var_update: running_var[i] = 0.9 * running_var[i] + 0.1 * squares[i] / (n *
//     64 - 1)
// squares [4], running_var [4].
void batch_norm_1_running_var_update(const float* HWY_RESTRICT squares,
    float* HWY_RESTRICT running_var, const tenon::block_call& call) {
  for (size_t i = 0; i < 4; ++i) {
    running_var[i] =
        ((0.9f * running_var[i]) + (0.1f * (squares[i] / ((call.batch_size * 64.0f) - 1.0f))));
  }
}

// Phase 0 for one block of 16 samples.
void block_phase_0([[maybe_unused]] const job& j, [[maybe_unused]] float* mine,
    [[maybe_unused]] float* sums, [[maybe_unused]] float* block,
    [[maybe_unused]] const tenon::block_call& call) {
  const size_t first = call.first_sample - j.first;
  tenon::HWY_NAMESPACE::clear_halo(block + 8320, 2, 8, 8, 1, 1, 1, 1, 16);
  tenon::HWY_NAMESPACE::load_samples(j.x + first * 128, call.live, 2, 8, 8, 1600, 160,
      block + 8320 + 176, 16);
  if (!j.forward_only) {
    tenon::HWY_NAMESPACE::load_classes(j.target + first, call.live, block + 4160, 16);
  }
  conv2d_1(j.image, block + 8320, block);
  batch_norm_1_sum_part(block, sums, call);
}

// Phase 1 for one block of 16 samples.
void block_phase_1([[maybe_unused]] const job& j, [[maybe_unused]] float* mine,
    [[maybe_unused]] float* sums, [[maybe_unused]] float* block,
    [[maybe_unused]] const tenon::block_call& call) {
  batch_norm_1_squares_part(block, j.batch, sums + 16, call);
}

// Phase 2 for one block of 16 samples.
void block_phase_2([[maybe_unused]] const job& j, [[maybe_unused]] float* mine,
    [[maybe_unused]] float* sums, [[maybe_unused]] float* block,
    [[maybe_unused]] const tenon::block_call& call) {
  batch_norm_1(block, j.batch, j.batch + 32, j.image + 320, j.image + 336, mine);
  dropout_1_mask(mine + 4160, call);
  max_pool_1(mine, mine + 4160, mine + 5184);
  linear_1(j.image + 352, j.image + 128, mine + 5184, block + 11520);
  if (j.forward_only) return;
  softmax_cross_entropy_1_maximum(block + 11520, mine + 6208);
  softmax_cross_entropy_1_total(block + 11520, mine + 6208, mine + 6224);
  softmax_cross_entropy_1_sum_of_sample(mine + 6224, block + 4160, block + 11520, mine + 6208,
      mine + 6240);
  softmax_cross_entropy_1_sum_part(mine + 6240, sums + 32, call);
  softmax_cross_entropy_1_gradient(block + 11520, mine + 6208, mine + 6224, block + 4160,
      mine + 8256, call);
  linear_1_input_gradient(mine + 8256, j.image + 128, mine + 6208);
  tenon::HWY_NAMESPACE::transpose_to_rows(mine + 5184, 64, 16, 64, mine + 7232);
  linear_1_weight_gradient(mine + 8256, mine + 7232, sums + 48);
  linear_1_bias_gradient(mine + 8256, sums + 240);
  dropout_1_gradient(mine + 6208, mine + 4160, mine + 5184);
  max_pool_1_first_maximum(mine, mine + 4160);
  max_pool_1_input_gradient(mine, mine + 4160, mine + 5184, block + 4160);
  batch_norm_1_sum_part(block + 4160, sums + 256, call);
  batch_norm_1_gradient_d_weight_part(block + 4160, block, j.batch, j.batch + 32, sums + 272, call);
}

// Phase 3 for one block of 16 samples.
void block_phase_3([[maybe_unused]] const job& j, [[maybe_unused]] float* mine,
    [[maybe_unused]] float* sums, [[maybe_unused]] float* block,
    [[maybe_unused]] const tenon::block_call& call) {
  if (j.forward_only) return;
  batch_norm_1_gradient(j.image + 320, j.batch + 32, block + 4160, j.gradients + 336, block,
      j.batch, j.gradients + 320, mine, call);
  conv2d_1_weight_gradient(mine, block + 8320, sums + 288);
}

// A run of consecutive blocks, in order. Parts depend on n alone, never on the number of threads.
void run_part(const job& j, [[maybe_unused]] size_t phase, size_t part) {
  const size_t blocks = (j.n + 15) / 16;
  float* const mine = j.part_memory + part * 8304;
  float* const sums = j.part_sums + part * 416;
  if (phase == 0) std::memset(sums, 0, 416 * sizeof(float));
  for (size_t k = part * blocks / j.parts; k < (part + 1) * blocks / j.parts; ++k) {
    const size_t first = k * 16;
    const tenon::block_call call{.live = std::min<size_t>(j.n - first, 16),
        .batch_size = static_cast<float>(j.n), .first_sample = j.first +
        static_cast<uint32_t>(first), .seed = j.seed, .step = j.step};
    float* const block = j.block_memory + k * 11568;
    switch (phase) {
      case 0: block_phase_0(j, mine, sums, block, call); break;
      case 1: block_phase_1(j, mine, sums, block, call); break;
      case 2: block_phase_2(j, mine, sums, block, call); break;
      case 3: block_phase_3(j, mine, sums, block, call); break;
    }
  }
}

// Where blocks have met: sums of the parts, and what follows from them, at the end of a phase.
void collect(const job& j, size_t phase) {
  [[maybe_unused]] const tenon::block_call call{.batch_size = static_cast<float>(j.n),
      .seed = j.seed, .step = j.step};
  [[maybe_unused]] float* const sums = j.part_sums;
  switch (phase) {
    case 0:
      batch_norm_1_sum(sums, j.batch, j.parts, 416, call);
      break;
    case 1:
      tenon::HWY_NAMESPACE::add_parts(sums + 16, j.parts, 416, 16, j.batch + 16);
      batch_norm_1_rstd(j.batch + 16, j.batch + 32, call);
      break;
    case 2:
      if (j.forward_only) break;
      softmax_cross_entropy_1_sum(sums + 32, j.batch + 48, j.parts, 416, call);
      tenon::HWY_NAMESPACE::add_parts(sums + 48, j.parts, 416, 192, j.gradients + 128);
      tenon::HWY_NAMESPACE::add_parts(sums + 240, j.parts, 416, 16, j.gradients + 352);
      tenon::HWY_NAMESPACE::add_parts(sums + 256, j.parts, 416, 16, j.gradients + 336);
      tenon::HWY_NAMESPACE::add_parts(sums + 272, j.parts, 416, 16, j.gradients + 320);
      break;
    case 3:
      if (j.forward_only) break;
      tenon::HWY_NAMESPACE::add_parts(sums + 288, j.parts, 416, 128, j.gradients);
      break;
  }
}

// Running statistics, from the batch's.
void renew([[maybe_unused]] const job& j) {
  [[maybe_unused]] const tenon::block_call call{.batch_size = static_cast<float>(j.n),
      .seed = j.seed, .step = j.step};
  [[maybe_unused]] float* const sums = j.part_sums;
  batch_norm_1_running_mean_update(j.batch, j.image + 368);
  batch_norm_1_running_var_update(j.batch + 16, j.image + 384, call);
}

// What is computed from parameters alone, before the samples.
void prepare([[maybe_unused]] const job& j) {
}

// Offset, floats with padding, rows, floats of a row, stride, whether it decays.
constexpr tenon::parameter_place places[] = {
  {0, 128, 4, 18, 32, true},  // conv2d_1.weight
  {320, 16, 1, 4, 16, false},  // batch_norm_1.weight
  {336, 16, 1, 4, 16, false},  // batch_norm_1.bias
  {128, 192, 3, 64, 64, true},  // linear_1.weight
  {352, 16, 1, 3, 16, false},  // linear_1.bias
};
void update([[maybe_unused]] const job& j, [[maybe_unused]] float* state,
    [[maybe_unused]] const tenon::settings& s) {
  tenon::HWY_NAMESPACE::update_parameters(s, places, {j.gradients, state, state + 368, j.image});
}

// The outputs of the last call, back to the caller's order.
void store_outputs(const job& j) {
  for (size_t first = 0; first < j.n; first += 16) {
    const tenon::block_call call{.live = std::min<size_t>(j.n - first, 16)};
    const float* const block = j.block_memory + first / 16 * 11568;
    tenon::HWY_NAMESPACE::store_samples(block + 11520, call.live, 1, 1, 3, 48, 48, j.y + first * 3,
        16);
  }
}

// One kernel on one block, for benchmarks: in the order of the tables in convolution_info.cc.
void run_kernel(const job& j, size_t index, [[maybe_unused]] size_t k) {
  [[maybe_unused]] float* const mine = j.part_memory;
  [[maybe_unused]] float* const sums = j.part_sums;
  [[maybe_unused]] float* const block = j.block_memory + k * 11568;
  const size_t first = k * 16;
  const tenon::block_call call{.live = std::min<size_t>(j.n - first, 16),
      .batch_size = static_cast<float>(j.n), .first_sample = j.first + static_cast<uint32_t>(first),
      .seed = j.seed, .step = j.step};
  switch (index) {
    case 0: conv2d_1(j.image, block + 8320, block); break;
    case 1: batch_norm_1_sum_part(block, sums, call); break;
    case 2: batch_norm_1_sum(sums, j.batch, j.parts, 416, call); break;
    case 3: batch_norm_1_squares_part(block, j.batch, sums + 16, call); break;
    case 4: tenon::HWY_NAMESPACE::add_parts(sums + 16, j.parts, 416, 16, j.batch + 16); break;
    case 5: batch_norm_1_rstd(j.batch + 16, j.batch + 32, call); break;
    case 6: batch_norm_1(block, j.batch, j.batch + 32, j.image + 320, j.image + 336, mine); break;
    case 7: dropout_1_mask(mine + 4160, call); break;
    case 8: max_pool_1(mine, mine + 4160, mine + 5184); break;
    case 9: linear_1(j.image + 352, j.image + 128, mine + 5184, block + 11520); break;
    case 10: softmax_cross_entropy_1_maximum(block + 11520, mine + 6208); break;
    case 11: softmax_cross_entropy_1_total(block + 11520, mine + 6208, mine + 6224); break;
    case 12: softmax_cross_entropy_1_sum_of_sample(mine + 6224, block + 4160, block + 11520,
        mine + 6208, mine + 6240); break;
    case 13: softmax_cross_entropy_1_sum_part(mine + 6240, sums + 32, call); break;
    case 14: softmax_cross_entropy_1_gradient(block + 11520, mine + 6208, mine + 6224, block + 4160,
        mine + 8256, call); break;
    case 15: linear_1_input_gradient(mine + 8256, j.image + 128, mine + 6208); break;
    case 16: tenon::HWY_NAMESPACE::transpose_to_rows(mine + 5184, 64, 16, 64, mine + 7232); break;
    case 17: linear_1_weight_gradient(mine + 8256, mine + 7232, sums + 48); break;
    case 18: linear_1_bias_gradient(mine + 8256, sums + 240); break;
    case 19: dropout_1_gradient(mine + 6208, mine + 4160, mine + 5184); break;
    case 20: max_pool_1_first_maximum(mine, mine + 4160); break;
    case 21: max_pool_1_input_gradient(mine, mine + 4160, mine + 5184, block + 4160); break;
    case 22: batch_norm_1_sum_part(block + 4160, sums + 256, call); break;
    case 23: batch_norm_1_gradient_d_weight_part(block + 4160, block, j.batch, j.batch + 32,
        sums + 272, call); break;
    case 24: softmax_cross_entropy_1_sum(sums + 32, j.batch + 48, j.parts, 416, call); break;
    case 25: tenon::HWY_NAMESPACE::add_parts(sums + 48, j.parts, 416, 192, j.gradients + 128);
        break;
    case 26: tenon::HWY_NAMESPACE::add_parts(sums + 240, j.parts, 416, 16, j.gradients + 352);
        break;
    case 27: tenon::HWY_NAMESPACE::add_parts(sums + 256, j.parts, 416, 16, j.gradients + 336);
        break;
    case 28: tenon::HWY_NAMESPACE::add_parts(sums + 272, j.parts, 416, 16, j.gradients + 320);
        break;
    case 29: batch_norm_1_gradient(j.image + 320, j.batch + 32, block + 4160, j.gradients + 336,
        block, j.batch, j.gradients + 320, mine, call); break;
    case 30: conv2d_1_weight_gradient(mine, block + 8320, sums + 288); break;
    case 31: tenon::HWY_NAMESPACE::add_parts(sums + 288, j.parts, 416, 128, j.gradients); break;
    default: break;
  }
  static_cast<void>(call);
}

}  // namespace emitted::convolution::train_kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace emitted::convolution {
namespace train_kernels {
HWY_EXPORT(run_part);
HWY_EXPORT(run_kernel);
HWY_EXPORT(collect);
HWY_EXPORT(renew);
HWY_EXPORT(prepare);
HWY_EXPORT(update);
HWY_EXPORT(store_outputs);

// All parts of a phase, on the pool's threads where there is enough to do.
using part_function = void (*)(const job&, std::size_t, std::size_t);
static void run_parts(const job& j, std::size_t phase, part_function f,
                      [[maybe_unused]] tenon::pool* threads) noexcept {
  // A whole batch takes less time than waking a thread would.
  for (std::size_t part = 0; part < j.parts; ++part) f(j, phase, part);
}

}  // namespace train_kernels

error train::open(std::span<std::byte> arena, tenon::pool* threads) noexcept {
  if (const error e = tenon::check_arena(arena, arena_bytes); e != error::none) return e;
  using namespace train_kernels;
  if (!tenon::choose_target<HWY_TARGETS>()) return error::target_unsupported;
  run_part_ = &HWY_DYNAMIC_DISPATCH(run_part);
  run_kernel_ = &HWY_DYNAMIC_DISPATCH(run_kernel);
  collect_ = &HWY_DYNAMIC_DISPATCH(collect);
  renew_ = &HWY_DYNAMIC_DISPATCH(renew);
  prepare_ = &HWY_DYNAMIC_DISPATCH(prepare);
  update_ = &HWY_DYNAMIC_DISPATCH(update);
  store_outputs_ = &HWY_DYNAMIC_DISPATCH(store_outputs);
  memory_ = reinterpret_cast<float*>(arena.data());
  threads_ = threads;
  last_n_ = batch;
  std::memset(memory_, 0, arena_bytes);
  return error::none;
}

// Where everything lies in the arena.
static train_kernels::job make_job(float* m, std::size_t n) {
  train_kernels::job j;
  j.n = n, j.parts = std::min<std::size_t>((n + 15) / 16, 2);
  j.image = m + 0, j.gradients = m + 400, j.batch = m + 1504;
  j.part_sums = m + 1568, j.part_memory = m + 2400;
  j.block_memory = m + 19008;
  return j;
}

void train::run(train_kernels::job& j, const settings& s) noexcept {
  j.seed = s.seed, j.step = s.step, j.first = s.first_sample;
  last_n_ = j.n;
  prepare_(j);
  const std::size_t phases = j.forward_only ? 3 : 4;
  for (std::size_t phase = 0; phase < phases; ++phase) {
    train_kernels::run_parts(j, phase, run_part_, threads_);
    collect_(j, phase);
  }
}

float train::gradients(const float* x, const target_type* target, std::size_t n,
                       const settings& s) noexcept {
  train_kernels::job j = make_job(memory_, n);
  j.x = x, j.target = target;
  run(j, s);
  renew_(j);
  return *(j.batch + 48);
}

float train::step(const float* x, const target_type* target, std::size_t n,
                  const settings& s) noexcept {
  const float loss = gradients(x, target, n, s);
  update(s);
  return loss;
}

void train::update(const settings& s) noexcept {
  update_(make_job(memory_, last_n_), memory_ + 768, s);
}

void train::forward(const float* x, std::size_t n, float* y, const settings& s) noexcept {
  train_kernels::job j = make_job(memory_, n);
  j.x = x, j.forward_only = true;
  run(j, s);
  outputs(n, y);
}

void train::statistics(const float* x, std::size_t n, const settings& s) noexcept {
  train_kernels::job j = make_job(memory_, n);
  j.x = x, j.forward_only = true;
  run(j, s);
  renew_(j);
}

void train::outputs(std::size_t n, float* y) noexcept {
  train_kernels::job j = make_job(memory_, n);
  j.y = y;
  store_outputs_(j);
}

std::span<float> train::image() noexcept { return {memory_, image_floats}; }
std::span<float> train::optimizer_state() noexcept { return {memory_ + 768, 736}; }
void train::gradient(std::span<float> image) noexcept {
  const float* const g = memory_ + 400;
  std::fill(image.begin(), image.end(), 0.0f);
  std::copy_n(g, std::min<std::size_t>(image.size(), 368), image.begin());
}
void train::set_gradient(std::span<const float> image) noexcept {
  std::copy_n(image.begin(), std::min<std::size_t>(image.size(), 368), memory_ + 400);
}
void train::run_kernel(std::size_t index, std::size_t block) noexcept {
  run_kernel_(make_job(memory_, batch), index, block % 2);
}
const char* train::target() const noexcept { return tenon::target_name<HWY_TARGETS>(); }

}  // namespace emitted::convolution
#endif  // HWY_ONCE
