// convolution, eval_mc. Written by tenon 0.1.0 from golden.hpp; do not edit: change the network and
// build again.
//
//   layer                    output     parameters  FLOP/sample   what became of it
//   input                    [2, 8, 8]
//   conv2d_1                 [4, 8, 8]          72        9,216
//   batch_norm_1             [4, 8, 8]           8                folded into conv2d_1
//   relu_1                   [4, 8, 8]                            in the kernel of conv2d_1
//   max_pool_1               [4, 4, 4]
//   flatten_1                [64]
//   dropout_1                [64]                                 in the kernel of max_pool_1
//   linear_1                 [3]               195          384
//   softmax_cross_entropy_1  [3]                                  a loss: gone, its probabilities
//                                                                   remain
//
// Samples lie innermost, 16 to a block: [channels][height][width][16]. Batches hold up to 32
// samples, 2 blocks in 2 parts. Blocks are independent of each other, and each goes through the
// whole network on one thread. Weights keep the order of their shapes; rows are padded to 16 floats
// and never a multiple of 4 KB apart.
//
// Arena: 59520 bytes, of which 29440 per part.
// batch_norm_1 folded into conv2d_1.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "convolution_eval_mc.cc"
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

#ifndef EMITTED_CONVOLUTION_EVAL_MC_JOB
#define EMITTED_CONVOLUTION_EVAL_MC_JOB
namespace emitted::convolution::eval_mc_kernels {

// One call: its arguments, and where its memory lies.
struct job {
  const float* x = nullptr;
  float* y = nullptr;
  std::size_t n = 0, parts = 0;
  const float* image = nullptr;  // parameters and buffers
  float* part_memory = nullptr;  // 7360 floats per part: what a block needs within a phase
  bool probabilities = false;
  float* batch = nullptr;    // what is prepared for a draw
  std::uint32_t first = 0;   // position of the first sample among the caller's
  std::uint64_t seed = 0, step = 0;
};

}  // namespace emitted::convolution::eval_mc_kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace emitted::convolution::eval_mc_kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace math = tenon::HWY_NAMESPACE;  // exp, tanh, ...: the same bits everywhere, no libm
using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;
[[maybe_unused]] constexpr D d;
[[maybe_unused]] constexpr hn::CappedTag<float, 1> one;
[[maybe_unused]] constexpr hn::RebindToUnsigned<D> du;
[[maybe_unused]] constexpr hn::RebindToSigned<D> di;

// batch_norm_1_scale: scale[i] = weight[i] / sqrt(running_var[i] + 1e-05)
// weight [4], running_var [4], scale [4].
void batch_norm_1_scale(const float* HWY_RESTRICT weight, const float* HWY_RESTRICT running_var,
    float* HWY_RESTRICT scale) {
  for (size_t i = 0; i < 4; ++i) {
    scale[i] = (weight[i] / std::sqrt((running_var[i] + 1e-05f)));
  }
}

// batch_norm_1_shift: shift[i] = bias[i] - running_mean[i] * scale[i]
// bias [4], running_mean [4], scale [4], shift [4].
void batch_norm_1_shift(const float* HWY_RESTRICT bias, const float* HWY_RESTRICT running_mean,
    const float* HWY_RESTRICT scale, float* HWY_RESTRICT shift) {
  for (size_t i = 0; i < 4; ++i) {
    shift[i] = (bias[i] - (running_mean[i] * scale[i]));
  }
}

// conv2d_1_folded_weight: folded_weight[g, c, i, j] = weight[g, c, i, j] * scale[g]
// weight [4][32], scale [4], folded_weight [4][32].
void conv2d_1_folded_weight(const float* HWY_RESTRICT weight, const float* HWY_RESTRICT scale,
    float* HWY_RESTRICT folded_weight) {
  for (size_t c = 0; c < 4; ++c) {
    for (size_t i = 0; i < 18; ++i) {
      folded_weight[c * 32 + i] = (weight[c * 32 + i] * scale[c]);
    }
  }
}

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
  const size_t first = call.first_sample - j.first;
  tenon::HWY_NAMESPACE::clear_halo(mine + 4160, 2, 8, 8, 1, 1, 1, 1, 16);
  tenon::HWY_NAMESPACE::load_samples(j.x + first * 128, call.live, 2, 8, 8, 1600, 160,
      mine + 4160 + 176, 16);
  conv2d_1(j.batch + 16, j.batch + 32, mine + 4160, mine);
  dropout_1_mask(mine + 4160, call);
  max_pool_1(mine, mine + 4160, mine + 5184);
  linear_1(j.image + 352, j.image + 128, mine + 5184, mine);
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
        .batch_size = static_cast<float>(j.n), .first_sample = j.first +
        static_cast<uint32_t>(first), .seed = j.seed, .step = j.step};
    float* const block = nullptr;
    block_phase_0(j, mine, sums, block, call);
  }
}

// What is computed from parameters and drawn for all samples, before the samples.
void prepare([[maybe_unused]] const job& j) {
  [[maybe_unused]] const tenon::block_call call{.batch_size = static_cast<float>(j.n),
      .seed = j.seed, .step = j.step};
  batch_norm_1_scale(j.image + 320, j.image + 384, j.batch);
  batch_norm_1_shift(j.image + 336, j.image + 368, j.batch, j.batch + 16);
  conv2d_1_folded_weight(j.image, j.batch, j.batch + 32);
}

}  // namespace emitted::convolution::eval_mc_kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace emitted::convolution {
namespace eval_mc_kernels {
HWY_EXPORT(run_part);
HWY_EXPORT(prepare);

// All parts of a phase, on the pool's threads where there is enough to do.
using part_function = void (*)(const job&, std::size_t, std::size_t);
static void run_parts(const job& j, std::size_t phase, part_function f,
                      [[maybe_unused]] tenon::pool* threads) noexcept {
  // A whole batch takes less time than waking a thread would.
  for (std::size_t part = 0; part < j.parts; ++part) f(j, phase, part);
}

}  // namespace eval_mc_kernels

error eval_mc::open(std::span<std::byte> arena, std::span<const float> image,
                    tenon::pool* threads) noexcept {
  if (const error e = tenon::check_arena(arena, arena_bytes); e != error::none) return e;
  if (image.size() != image_floats) return error::weights_wrong_size;
  if (!tenon::is_aligned(image.data())) return error::weights_misaligned;
  using namespace eval_mc_kernels;
  if (!tenon::choose_target<HWY_TARGETS>()) return error::target_unsupported;
  run_part_ = &HWY_DYNAMIC_DISPATCH(run_part);
  prepare_ = &HWY_DYNAMIC_DISPATCH(prepare);
  image_ = image.data();
  memory_ = reinterpret_cast<float*>(arena.data());
  threads_ = threads;
  std::memset(memory_, 0, arena_bytes);
  return error::none;
}

void eval_mc::call(const float* x, std::size_t n, float* y, std::uint64_t seed, std::uint64_t draw,
                   bool probabilities) noexcept {
  eval_mc_kernels::job j{.image = image_, .part_memory = memory_ + 160,
                         .probabilities = probabilities, .batch = memory_, .seed = seed,
                         .step = draw};
  prepare_(j);
  for (std::size_t first = 0; first < n; first += batch) {
    j.x = x + first * 128, j.y = y + first * 3;
    j.first = static_cast<std::uint32_t>(first);
    j.n = std::min<std::size_t>(n - first, batch);
    j.parts = std::min<std::size_t>((j.n + 15) / 16, 2);
    eval_mc_kernels::run_parts(j, 0, run_part_, threads_);
  }
}

void eval_mc::run(const float* x, std::size_t n, float* y, std::uint64_t seed,
                  std::uint64_t draw) noexcept {
  call(x, n, y, seed, draw, false);
}
void eval_mc::probabilities(const float* x, std::size_t n, float* p, std::uint64_t seed,
                            std::uint64_t draw) noexcept {
  call(x, n, p, seed, draw, true);
}
const char* eval_mc::target() const noexcept { return tenon::target_name<HWY_TARGETS>(); }

}  // namespace emitted::convolution
#endif  // HWY_ONCE
