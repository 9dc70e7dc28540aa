// convolution, eval. Written by tenon 0.1.0 from golden.hpp; do not edit: change the network and
// build again.
//
//   layer                    output     parameters  FLOP/sample   what became of it
//   input                    [2, 8, 8]
//   conv2d_1                 [4, 8, 8]          72        9,216
//   batch_norm_1             [4, 8, 8]           8                folded into conv2d_1
//   relu_1                   [4, 8, 8]                            in the kernel of conv2d_1
//   max_pool_1               [4, 4, 4]
//   flatten_1                [64]
//   dropout_1                [64]                                 an identity in this mode: gone
//   linear_1                 [3]               195          384
//   softmax_cross_entropy_1  [3]                                  a loss: gone, its probabilities
//                                                                   remain
//
// Samples lie innermost, 16 to a block: [channels][height][width][16]. Batches hold up to 32
// samples, 2 blocks in 2 parts. Blocks are independent of each other, and each goes through the
// whole network on one thread. Weights keep the order of their shapes; rows are padded to 16 floats
// and never a multiple of 4 KB apart.
//
// Arena: 58880 bytes, of which 29440 per part.
// Up to 2 samples beyond whole blocks go one at a time, with kernels whose lanes are outputs
// (namespace single) and an image of their own: 4800 bytes behind 1408.
// batch_norm_1 folded into conv2d_1.
// dropout_1 dropped: an identity in this mode.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "convolution_eval.cc"
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

#ifndef EMITTED_CONVOLUTION_EVAL_JOB
#define EMITTED_CONVOLUTION_EVAL_JOB
namespace emitted::convolution::eval_kernels {

// One call: its arguments, and where its memory lies.
struct job {
  const float* x = nullptr;
  float* y = nullptr;
  std::size_t n = 0, parts = 0;
  const float* image = nullptr;  // parameters, folded
  float* part_memory = nullptr;  // 7360 floats per part: what a block needs within a phase
  bool probabilities = false;
  tenon::pool* threads = nullptr;  // of single samples
};

}  // namespace emitted::convolution::eval_kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace emitted::convolution::eval_kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace math = tenon::HWY_NAMESPACE;  // exp, tanh, ...: the same bits everywhere, no libm
using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;
[[maybe_unused]] constexpr D d;
[[maybe_unused]] constexpr hn::CappedTag<float, 1> one;
[[maybe_unused]] constexpr hn::RebindToUnsigned<D> du;
[[maybe_unused]] constexpr hn::RebindToSigned<D> di;

// conv2d_1: y[c, i, j] = max(shift[c] + sum over k, u, v of folded_weight[c, k, u, v] * x[k, i + u
//     - 1, j + v - 1], 0)
// shift [4], folded_weight [4][32], x [2][10][10][16], y [4][8][8][16].   Tile: 2 x 5.
// 9,216 FLOP per sample.   batch_norm_1 folded in, relu_1 fused.
void conv2d_1(const float* HWY_RESTRICT shift, const float* HWY_RESTRICT folded_weight,
    const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
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
                const V folded_weight0 = hn::Set(d, folded_weight[c * 32 + k * 9 + u * 3 + v]);
                const V folded_weight1 = hn::Set(d, folded_weight[c * 32 + k * 9 + u * 3 + v + 32]);
                const V x0 = hn::Load(d, x + i * 160 + j * 16 + k * 1600 + u * 160 + v * 16 + b);
                sum0_0 = hn::MulAdd(folded_weight0, x0, sum0_0);
                sum1_0 = hn::MulAdd(folded_weight1, x0, sum1_0);
                const V x1 =
                    hn::Load(d, x + i * 160 + j * 16 + k * 1600 + u * 160 + v * 16 + 16 + b);
                sum0_1 = hn::MulAdd(folded_weight0, x1, sum0_1);
                sum1_1 = hn::MulAdd(folded_weight1, x1, sum1_1);
                const V x2 =
                    hn::Load(d, x + i * 160 + j * 16 + k * 1600 + u * 160 + v * 16 + 32 + b);
                sum0_2 = hn::MulAdd(folded_weight0, x2, sum0_2);
                sum1_2 = hn::MulAdd(folded_weight1, x2, sum1_2);
                const V x3 =
                    hn::Load(d, x + i * 160 + j * 16 + k * 1600 + u * 160 + v * 16 + 48 + b);
                sum0_3 = hn::MulAdd(folded_weight0, x3, sum0_3);
                sum1_3 = hn::MulAdd(folded_weight1, x3, sum1_3);
                const V x4 =
                    hn::Load(d, x + i * 160 + j * 16 + k * 1600 + u * 160 + v * 16 + 64 + b);
                sum0_4 = hn::MulAdd(folded_weight0, x4, sum0_4);
                sum1_4 = hn::MulAdd(folded_weight1, x4, sum1_4);
              }
            }
          }
          const V shift0 = hn::Set(d, shift[c]);
          hn::Store(hn::Max(hn::Add(shift0, sum0_0), hn::Zero(d)), d,
              y + c * 1040 + i * 128 + j * 16 + b);
          hn::Store(hn::Max(hn::Add(shift0, sum0_1), hn::Zero(d)), d,
              y + c * 1040 + i * 128 + j * 16 + 16 + b);
          hn::Store(hn::Max(hn::Add(shift0, sum0_2), hn::Zero(d)), d,
              y + c * 1040 + i * 128 + j * 16 + 32 + b);
          hn::Store(hn::Max(hn::Add(shift0, sum0_3), hn::Zero(d)), d,
              y + c * 1040 + i * 128 + j * 16 + 48 + b);
          hn::Store(hn::Max(hn::Add(shift0, sum0_4), hn::Zero(d)), d,
              y + c * 1040 + i * 128 + j * 16 + 64 + b);
          const V shift1 = hn::Set(d, shift[c + 1]);
          hn::Store(hn::Max(hn::Add(shift1, sum1_0), hn::Zero(d)), d,
              y + c * 1040 + i * 128 + j * 16 + 1040 + b);
          hn::Store(hn::Max(hn::Add(shift1, sum1_1), hn::Zero(d)), d,
              y + c * 1040 + i * 128 + j * 16 + 1056 + b);
          hn::Store(hn::Max(hn::Add(shift1, sum1_2), hn::Zero(d)), d,
              y + c * 1040 + i * 128 + j * 16 + 1072 + b);
          hn::Store(hn::Max(hn::Add(shift1, sum1_3), hn::Zero(d)), d,
              y + c * 1040 + i * 128 + j * 16 + 1088 + b);
          hn::Store(hn::Max(hn::Add(shift1, sum1_4), hn::Zero(d)), d,
              y + c * 1040 + i * 128 + j * 16 + 1104 + b);
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
                const V folded_weight0 = hn::Set(d, folded_weight[c * 32 + k * 9 + u * 3 + v]);
                const V folded_weight1 = hn::Set(d, folded_weight[c * 32 + k * 9 + u * 3 + v + 32]);
                const V x0 = hn::Load(d, x + i * 160 + j * 16 + k * 1600 + u * 160 + v * 16 + b);
                sum0_0 = hn::MulAdd(folded_weight0, x0, sum0_0);
                sum1_0 = hn::MulAdd(folded_weight1, x0, sum1_0);
                const V x1 =
                    hn::Load(d, x + i * 160 + j * 16 + k * 1600 + u * 160 + v * 16 + 16 + b);
                sum0_1 = hn::MulAdd(folded_weight0, x1, sum0_1);
                sum1_1 = hn::MulAdd(folded_weight1, x1, sum1_1);
                const V x2 =
                    hn::Load(d, x + i * 160 + j * 16 + k * 1600 + u * 160 + v * 16 + 32 + b);
                sum0_2 = hn::MulAdd(folded_weight0, x2, sum0_2);
                sum1_2 = hn::MulAdd(folded_weight1, x2, sum1_2);
              }
            }
          }
          const V shift0 = hn::Set(d, shift[c]);
          hn::Store(hn::Max(hn::Add(shift0, sum0_0), hn::Zero(d)), d,
              y + c * 1040 + i * 128 + j * 16 + b);
          hn::Store(hn::Max(hn::Add(shift0, sum0_1), hn::Zero(d)), d,
              y + c * 1040 + i * 128 + j * 16 + 16 + b);
          hn::Store(hn::Max(hn::Add(shift0, sum0_2), hn::Zero(d)), d,
              y + c * 1040 + i * 128 + j * 16 + 32 + b);
          const V shift1 = hn::Set(d, shift[c + 1]);
          hn::Store(hn::Max(hn::Add(shift1, sum1_0), hn::Zero(d)), d,
              y + c * 1040 + i * 128 + j * 16 + 1040 + b);
          hn::Store(hn::Max(hn::Add(shift1, sum1_1), hn::Zero(d)), d,
              y + c * 1040 + i * 128 + j * 16 + 1056 + b);
          hn::Store(hn::Max(hn::Add(shift1, sum1_2), hn::Zero(d)), d,
              y + c * 1040 + i * 128 + j * 16 + 1072 + b);
        }
      }
    }
  }
}

// max_pool_1: y[c, i, j] = maximum over k, u of x[c, 2 i + k, 2 j + u]
// x [4][8][8][16], y [4][4][4][16].
void max_pool_1(const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
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
          hn::Store(sum, d, y + c * 256 + i * 64 + j * 16 + b);
        }
      }
    }
  }
}

// linear_1: y[i] = bias[i] + sum over k, u, v of weight[i, 16 k + 4 u + v] * x[k, u, v]
// bias [3], weight [3][64], x [4][4][4][16], y [3][16].   Tile: 3 rows.
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

// softmax_cross_entropy_1_probabilities: probabilities[i] = exp(x[i] - maximum) / total
// x [3][16], maximum [16], total [16], probabilities [3][16].
void softmax_cross_entropy_1_probabilities(const float* HWY_RESTRICT x,
    const float* HWY_RESTRICT maximum, const float* HWY_RESTRICT total,
    float* HWY_RESTRICT probabilities) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t i = 0; i < 3; ++i) {
    for (size_t b = 0; b < 16; b += N) {
      const V x0 = hn::Load(d, x + i * 16 + b);
      const V maximum0 = hn::Load(d, maximum + 0 + b);
      const V total0 = hn::Load(d, total + 0 + b);
      hn::Store(hn::Div(math::exp(d, hn::Sub(x0, maximum0)), total0), d,
          probabilities + i * 16 + b);
    }
  }
}

// One block of 16 samples through the whole network.
void block_phase_0([[maybe_unused]] const job& j, [[maybe_unused]] float* mine,
    [[maybe_unused]] float* sums, [[maybe_unused]] float* block,
    [[maybe_unused]] const tenon::block_call& call) {
  const size_t first = call.first_sample;
  tenon::HWY_NAMESPACE::clear_halo(mine + 4160, 2, 8, 8, 1, 1, 1, 1, 16);
  tenon::HWY_NAMESPACE::load_samples(j.x + first * 128, call.live, 2, 8, 8, 1600, 160,
      mine + 4160 + 176, 16);
  conv2d_1(j.image + 208, j.image + 224, mine + 4160, mine);
  max_pool_1(mine, mine + 4160);
  linear_1(j.image + 192, j.image, mine + 4160, mine);
  if (!j.probabilities) {
    tenon::HWY_NAMESPACE::store_samples(mine, call.live, 1, 1, 3, 48, 48, j.y + first * 3, 16);
    return;
  }
  softmax_cross_entropy_1_maximum(mine, mine + 96);
  softmax_cross_entropy_1_total(mine, mine + 96, mine + 112);
  softmax_cross_entropy_1_probabilities(mine, mine + 96, mine + 112, mine + 48);
  tenon::HWY_NAMESPACE::store_samples(mine + 48, call.live, 1, 1, 3, 48, 48, j.y + first * 3, 16);
}

// A run of consecutive blocks, in order. Parts depend on n alone, never on the number of threads.
void run_part(const job& j, [[maybe_unused]] size_t phase, size_t part) {
  const size_t blocks = (j.n + 15) / 16;
  float* const mine = j.part_memory + part * 7360;
  float* const sums = nullptr;
  for (size_t k = part * blocks / j.parts; k < (part + 1) * blocks / j.parts; ++k) {
    const size_t first = k * 16;
    const tenon::block_call call{.live = std::min<size_t>(j.n - first, 16),
        .batch_size = static_cast<float>(j.n), .first_sample = static_cast<uint32_t>(first)};
    float* const block = nullptr;
    block_phase_0(j, mine, sums, block, call);
  }
}

// One kernel on one block, for benchmarks: in the order of the tables in convolution_info.cc.
void run_kernel(const job& j, size_t index, [[maybe_unused]] size_t k) {
  [[maybe_unused]] float* const mine = j.part_memory;
  [[maybe_unused]] float* const sums = nullptr;
  [[maybe_unused]] float* const block = nullptr;
  const size_t first = k * 16;
  const tenon::block_call call{.live = std::min<size_t>(j.n - first, 16),
      .batch_size = static_cast<float>(j.n), .first_sample = static_cast<uint32_t>(first)};
  switch (index) {
    case 0: conv2d_1(j.image + 208, j.image + 224, mine + 4160, mine); break;
    case 1: max_pool_1(mine, mine + 4160); break;
    case 2: linear_1(j.image + 192, j.image, mine + 4160, mine); break;
    case 3: softmax_cross_entropy_1_maximum(mine, mine + 96); break;
    case 4: softmax_cross_entropy_1_total(mine, mine + 96, mine + 112); break;
    case 5: softmax_cross_entropy_1_probabilities(mine, mine + 96, mine + 112, mine + 48); break;
    default: break;
  }
  static_cast<void>(call);
}

// One sample through the whole network, for batches of few: lanes are outputs.
namespace single {

// conv2d_1: y[c, i, j] = max(shift[c] + sum over k, u, v of folded_weight[c, k, u, v] * x[k, i + u
//     - 1, j + v - 1], 0)
// shift [4], folded_weight [4][32], x [2][10][10], y [4][8][16].
// Lanes: 8 j. Tile: 4.
// 9,216 FLOP per sample.   batch_norm_1 folded in, relu_1 fused.
void conv2d_1(const float* HWY_RESTRICT shift, const float* HWY_RESTRICT folded_weight,
    const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  {
    constexpr size_t c = 0;
    for (size_t i = 0; i < 8; ++i) {
      {
        constexpr size_t panel = 0;
        for (size_t b = 0; b < 8; b += N) {
          V sum0 = hn::Zero(d);
          V sum1 = hn::Zero(d);
          V sum2 = hn::Zero(d);
          V sum3 = hn::Zero(d);
          for (size_t k = 0; k < 2; ++k) {
            for (size_t u = 0; u < 3; ++u) {
              for (size_t v = 0; v < 3; ++v) {
                const V x0 = hn::LoadU(d, x + i * 10 + panel * 16 + k * 100 + u * 10 + v + b);
                const V folded_weight0 = hn::Set(d, folded_weight[c * 32 + k * 9 + u * 3 + v]);
                sum0 = hn::MulAdd(folded_weight0, x0, sum0);
                const V folded_weight1 = hn::Set(d, folded_weight[c * 32 + k * 9 + u * 3 + v + 32]);
                sum1 = hn::MulAdd(folded_weight1, x0, sum1);
                const V folded_weight2 = hn::Set(d, folded_weight[c * 32 + k * 9 + u * 3 + v + 64]);
                sum2 = hn::MulAdd(folded_weight2, x0, sum2);
                const V folded_weight3 = hn::Set(d, folded_weight[c * 32 + k * 9 + u * 3 + v + 96]);
                sum3 = hn::MulAdd(folded_weight3, x0, sum3);
              }
            }
          }
          const V shift0 = hn::Set(d, shift[c]);
          hn::Store(hn::Max(hn::Add(shift0, sum0), hn::Zero(d)), d,
              y + c * 128 + i * 16 + panel * 16 + b);
          const V shift1 = hn::Set(d, shift[c + 1]);
          hn::Store(hn::Max(hn::Add(shift1, sum1), hn::Zero(d)), d,
              y + c * 128 + i * 16 + panel * 16 + 128 + b);
          const V shift2 = hn::Set(d, shift[c + 2]);
          hn::Store(hn::Max(hn::Add(shift2, sum2), hn::Zero(d)), d,
              y + c * 128 + i * 16 + panel * 16 + 256 + b);
          const V shift3 = hn::Set(d, shift[c + 3]);
          hn::Store(hn::Max(hn::Add(shift3, sum3), hn::Zero(d)), d,
              y + c * 128 + i * 16 + panel * 16 + 384 + b);
        }
      }
    }
  }
}

// max_pool_1: y[c, i, j] = maximum over k, u of x[c, 2 i + k, 2 j + u]
// x [4][8][16], y [4][4][16].
// Lanes: 4 j.
void max_pool_1(const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t c = 0; c < 16; ++c) {
    {
      constexpr size_t panel = 0;
      for (size_t b = 0; b < 4; b += N) {
        V sum = hn::Set(d, -std::numeric_limits<float>::infinity());
        for (size_t k = 0; k < 2; ++k) {
          for (size_t u = 0; u < 2; ++u) {
            const V x0 =
                tenon::HWY_NAMESPACE::load_even(d, x + c * 32 + panel * 32 + k * 16 + u + 2 * b);
            sum = hn::Max(sum, x0);
          }
        }
        hn::Store(sum, d, y + c * 16 + panel * 16 + b);
      }
    }
  }
}

// linear_1: y[i] = bias[i] + sum over k, u, v of weight_panels[i, 16 k + 4 u + v] * x[k, u, v]
// bias [3], weight_panels [1][64][16], x [4][4][16], y [16].
// Lanes: 3 i.
// 384 FLOP per sample.
void linear_1(const float* HWY_RESTRICT bias, const float* HWY_RESTRICT weight_panels,
    const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  {
    constexpr size_t panel = 0;
    for (size_t b = 0; b < 3; b += N) {
      V sum = hn::Zero(d);
      for (size_t k = 0; k < 16; ++k) {
        for (size_t u = 0; u < 4; ++u) {
          const V weight_panels0 = hn::Load(d, weight_panels + panel * 1024 + k * 64 + u * 16 + b);
          const V x0 = hn::Set(d, x[k * 16 + u]);
          sum = hn::MulAdd(weight_panels0, x0, sum);
        }
      }
      const V bias0 = hn::Load(d, bias + panel * 16 + b);
      hn::Store(hn::Add(bias0, sum), d, y + panel * 16 + b);
    }
  }
}

// softmax_cross_entropy_1_maximum: maximum = maximum over k of x[k]
// x [16], maximum [1].
// One lane.
void softmax_cross_entropy_1_maximum(const float* HWY_RESTRICT x, float* HWY_RESTRICT maximum) {
  {
    auto sum = hn::Set(one, -std::numeric_limits<float>::infinity());
    for (size_t k = 0; k < 3; ++k) {
      const auto x0 = hn::Set(one, x[k]);
      sum = hn::Max(sum, x0);
    }
    hn::Store(sum, one, maximum + 0);
  }
}

// softmax_cross_entropy_1_total: total = sum over k of exp(x[k] - maximum)
// x [16], maximum [1], total [1].
// One lane.
void softmax_cross_entropy_1_total(const float* HWY_RESTRICT x, const float* HWY_RESTRICT maximum,
    float* HWY_RESTRICT total) {
  {
    auto sum = hn::Zero(one);
    for (size_t k = 0; k < 3; ++k) {
      const auto x0 = hn::Set(one, x[k]);
      const auto maximum0 = hn::Set(one, maximum[0]);
      sum = hn::Add(sum, math::exp(one, hn::Sub(x0, maximum0)));
    }
    hn::Store(sum, one, total + 0);
  }
}

// softmax_cross_entropy_1_probabilities: probabilities[i] = exp(x[i] - maximum) / total
// x [16], maximum [1], total [1], probabilities [16].
// Lanes: 3 i.
void softmax_cross_entropy_1_probabilities(const float* HWY_RESTRICT x,
    const float* HWY_RESTRICT maximum, const float* HWY_RESTRICT total,
    float* HWY_RESTRICT probabilities) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  {
    constexpr size_t panel = 0;
    for (size_t b = 0; b < 3; b += N) {
      const V x0 = hn::Load(d, x + panel * 16 + b);
      const V maximum0 = hn::Set(d, maximum[0]);
      const V total0 = hn::Set(d, total[0]);
      hn::Store(hn::Div(math::exp(d, hn::Sub(x0, maximum0)), total0), d,
          probabilities + panel * 16 + b);
    }
  }
}

void run_single(const job& j) {
  [[maybe_unused]] float* const mine = j.part_memory;
  tenon::HWY_NAMESPACE::clear_halo(mine + 512, 2, 8, 8, 1, 1, 1, 1, 1);
  tenon::load_one(j.x, {2, 8, 8, 100, 10, 1}, mine + 512 + 11);
  conv2d_1(j.image + 16, j.image + 32, mine + 512, mine);
  max_pool_1(mine, mine + 512);
  linear_1(j.image, j.image + 160, mine + 512, mine);
  if (!j.probabilities) {
    tenon::store_one(mine, {1, 1, 3, 0, 0, 1}, j.y);
    return;
  }
  softmax_cross_entropy_1_maximum(mine, mine + 16);
  softmax_cross_entropy_1_total(mine, mine + 16, mine + 32);
  softmax_cross_entropy_1_probabilities(mine, mine + 16, mine + 32, mine + 48);
  tenon::store_one(mine + 48, {1, 1, 3, 0, 0, 1}, j.y);
}

// One kernel alone, for benchmarks: in the order of the tables in convolution_info.cc.
void run_single_kernel(const job& j, size_t index) {
  [[maybe_unused]] float* const mine = j.part_memory;
  switch (index) {
    case 0: conv2d_1(j.image + 16, j.image + 32, mine + 512, mine); break;
    case 1: max_pool_1(mine, mine + 512); break;
    case 2: linear_1(j.image, j.image + 160, mine + 512, mine); break;
    case 3: softmax_cross_entropy_1_maximum(mine, mine + 16); break;
    case 4: softmax_cross_entropy_1_total(mine, mine + 16, mine + 32); break;
    case 5: softmax_cross_entropy_1_probabilities(mine, mine + 16, mine + 32, mine + 48); break;
    default: break;
  }
}

}  // namespace single
using single::run_single;
using single::run_single_kernel;

}  // namespace emitted::convolution::eval_kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace emitted::convolution {
namespace eval_kernels {
HWY_EXPORT(run_part);
HWY_EXPORT(run_kernel);
HWY_EXPORT(run_single);
HWY_EXPORT(run_single_kernel);

// All parts of a phase, on the pool's threads where there is enough to do.
using part_function = void (*)(const job&, std::size_t, std::size_t);
static void run_parts(const job& j, std::size_t phase, part_function f,
                      [[maybe_unused]] tenon::pool* threads) noexcept {
  // A whole batch takes less time than waking a thread would.
  for (std::size_t part = 0; part < j.parts; ++part) f(j, phase, part);
}

}  // namespace eval_kernels

error eval::open(std::span<std::byte> arena, std::span<const float> image,
                 tenon::pool* threads) noexcept {
  if (const error e = tenon::check_arena(arena, arena_bytes); e != error::none) return e;
  if (image.size() != image_floats) return error::weights_wrong_size;
  if (!tenon::is_aligned(image.data())) return error::weights_misaligned;
  using namespace eval_kernels;
  if (!tenon::choose_target<HWY_TARGETS>()) return error::target_unsupported;
  run_part_ = &HWY_DYNAMIC_DISPATCH(run_part);
  run_kernel_ = &HWY_DYNAMIC_DISPATCH(run_kernel);
  run_single_ = &HWY_DYNAMIC_DISPATCH(run_single);
  run_single_kernel_ = &HWY_DYNAMIC_DISPATCH(run_single_kernel);
  image_ = image.data();
  memory_ = reinterpret_cast<float*>(arena.data());
  threads_ = threads;
  return error::none;
}

error eval::open(std::span<std::byte> arena, std::span<const std::byte> blob,
                 tenon::pool* threads) noexcept {
  if (const error e = tenon::check(blob, signature, image_floats); e != error::none) return e;
  return open(arena, tenon::image_of(blob, image_floats), threads);
}

void eval::call(const float* x, std::size_t n, float* y, bool probabilities) noexcept {
  // Samples that would leave most of a block empty go one at a time, whatever the threads.
  const std::size_t rest = n % 16, singles = rest <= 2 ? rest : 0;
  for (std::size_t first = 0; first < n - singles; first += batch) {
    const std::size_t now = std::min<std::size_t>(n - singles - first, batch);
    const std::size_t parts = std::min<std::size_t>((now + 15) / 16, 2);
    const eval_kernels::job j{.x = x + first * 128, .y = y + first * 3, .n = now, .parts = parts,
                              .image = image_, .part_memory = memory_,
                              .probabilities = probabilities};
    eval_kernels::run_parts(j, 0, run_part_, threads_);
  }
  for (std::size_t s = n - singles; s < n; ++s) {
    single_x_ = x + s * 128;
    run_single_({.x = single_x_, .y = y + s * 3, .n = 1, .parts = 1,
                 .image = image_ + 352, .part_memory = memory_,
                 .probabilities = probabilities, .threads = threads_});
  }
}

void eval::run(const float* x, std::size_t n, float* y) noexcept { call(x, n, y, false); }
void eval::probabilities(const float* x, std::size_t n, float* p) noexcept { call(x, n, p, true); }
void eval::run_kernel(std::size_t index, std::size_t) noexcept {
  constexpr std::size_t of_blocks = 6;  // those of single samples follow
  if (index < of_blocks) {
    run_kernel_({.n = batch, .parts = 2, .image = image_, .part_memory = memory_}, index, 0);
    return;
  }
  run_single_kernel_({.x = single_x_, .n = 1, .parts = 1, .image = image_ + 352,
                      .part_memory = memory_},
                     index - of_blocks);
}
const char* eval::target() const noexcept { return tenon::target_name<HWY_TARGETS>(); }

}  // namespace emitted::convolution
#endif  // HWY_ONCE

#if HWY_ONCE  // the C interface: emitted/convolution.h
#include <new>
#include <type_traits>

#include "emitted/convolution.h"

namespace emitted::convolution {
namespace {

static_assert(sizeof(eval) <= sizeof(convolution_eval) && alignof(eval) <=
    alignof(convolution_eval));
static_assert(std::is_trivially_copyable_v<eval> && std::is_trivially_destructible_v<eval>);
static_assert(CONVOLUTION_EVAL_ARENA_BYTES == eval_arena_bytes);
static_assert(CONVOLUTION_INPUT_SIZE == input_size && CONVOLUTION_OUTPUT_SIZE == output_size);

eval& object_of(convolution_eval* m) { return *std::launder(reinterpret_cast<eval*>(m->opaque)); }
const eval& object_of(const convolution_eval* m) {
  return *std::launder(reinterpret_cast<const eval*>(m->opaque));
}

}  // namespace
}  // namespace emitted::convolution

extern "C" {

size_t convolution_eval_arena_bytes(void) { return emitted::convolution::eval_arena_bytes; }

int convolution_eval_open(convolution_eval* m, void* arena, size_t arena_bytes, const void* weights,
                size_t weight_bytes) {
  emitted::convolution::eval* const model =
      ::new (static_cast<void*>(m->opaque)) emitted::convolution::eval;
  const std::span<std::byte> memory(static_cast<std::byte*>(arena), arena_bytes);
  const std::span<const std::byte> blob(static_cast<const std::byte*>(weights), weight_bytes);
  return static_cast<int>(model->open(memory, blob));
}

void convolution_eval_run(convolution_eval* m, const float* x, size_t n, float* y) {
  emitted::convolution::object_of(m).run(x, n, y);
}
void convolution_eval_probabilities(convolution_eval* m, const float* x, size_t n, float* p) {
  emitted::convolution::object_of(m).probabilities(x, n, p);
}
const char* convolution_eval_target(const convolution_eval* m) {
  return emitted::convolution::object_of(m).target();
}

const char* convolution_error_text(int error) {
  const bool known = 0 <= error && error < 255;
  return tenon::text(static_cast<tenon::error>(known ? error : 255));
}

}  // extern "C"
#endif  // HWY_ONCE
