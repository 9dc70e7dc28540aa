// signal, train. Written by tenon 0.1.0 from golden.hpp; do not edit: change the network and build
// again.
//
//   layer                 output      parameters  FLOP/sample   what became of it
//   input                 [1, 12]
//   conv1d_1              [3, 12]             12          216
//   avg_pool_1            [1, 12]
//   concat_1              [4, 12]
//   mean_squared_error_1  one number
//
// Samples lie innermost, 16 to a block: [channels][height][width][16]. Batches hold up to 32
// samples, 2 blocks in 2 parts. A part is a run of blocks that one thread takes. Blocks meet where
// a batch norm needs sums over the batch, and at the end of the step, always in order: results do
// not depend on the number of threads. Sums over samples run on 16 virtual lanes and end in one
// tree, so on targets with FMA they do not depend on the width of the vectors either. Lanes beyond
// the batch hold zeros. Weights keep the order of their shapes; rows are padded to 16 floats and
// never a multiple of 4 KB apart.
//
// Arena: 21952 bytes, of which 7040 per part and 3072 per block.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "signal_train.cc"
#include <hwy/foreach_target.h>  // compiles this file once per target; must come before highway.h
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include <tenon/core.hpp>

#include "emitted/signal.hpp"

#ifndef EMITTED_SIGNAL_TRAIN_JOB
#define EMITTED_SIGNAL_TRAIN_JOB
namespace emitted::signal::train_kernels {

// One call: its arguments, and where its memory lies.
struct job {
  const float* x = nullptr;
  const train::target_type* target = nullptr;
  float* y = nullptr;
  std::size_t n = 0, parts = 0;
  float* image = nullptr;  // parameters and buffers
  float* gradients = nullptr;    // laid out as the image
  float* batch = nullptr;        // once per step
  float* part_sums = nullptr;    // 80 floats per part: sums over its samples
  float* part_memory = nullptr;  // 1760 floats per part: what a block needs within a phase
  float* block_memory = nullptr; // 768 floats per block: what outlives a phase
  std::uint64_t seed = 0, step = 0;
  std::uint32_t first = 0;  // position of the batch's first sample in the step
  bool forward_only = false;
};

}  // namespace emitted::signal::train_kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace emitted::signal::train_kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace math = tenon::HWY_NAMESPACE;  // exp, tanh, ...: the same bits everywhere, no libm
using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;
[[maybe_unused]] constexpr D d;
[[maybe_unused]] constexpr hn::CappedTag<float, 1> one;
[[maybe_unused]] constexpr hn::RebindToUnsigned<D> du;
[[maybe_unused]] constexpr hn::RebindToSigned<D> di;

// conv1d_1: y[c, i] = bias[c] + sum over k of weight[c, 0, k] * x[0, i + k - 1]
// bias [3], weight [3][16], x [1][14][16], y [3][12][16].   Tile: 2 x 6.
// 216 FLOP per sample.
void conv1d_1(const float* HWY_RESTRICT bias, const float* HWY_RESTRICT weight,
    const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  {
    constexpr size_t c = 0;
    for (size_t i = 0; i < 12; i += 6) {
      for (size_t b = 0; b < 16; b += N) {
        V sum0_0 = hn::Zero(d);
        V sum0_1 = hn::Zero(d);
        V sum0_2 = hn::Zero(d);
        V sum0_3 = hn::Zero(d);
        V sum0_4 = hn::Zero(d);
        V sum0_5 = hn::Zero(d);
        V sum1_0 = hn::Zero(d);
        V sum1_1 = hn::Zero(d);
        V sum1_2 = hn::Zero(d);
        V sum1_3 = hn::Zero(d);
        V sum1_4 = hn::Zero(d);
        V sum1_5 = hn::Zero(d);
        for (size_t k = 0; k < 3; ++k) {
          const V weight0 = hn::Set(d, weight[c * 16 + k]);
          const V weight1 = hn::Set(d, weight[c * 16 + k + 16]);
          const V x0 = hn::Load(d, x + i * 16 + k * 16 + b);
          sum0_0 = hn::MulAdd(weight0, x0, sum0_0);
          sum1_0 = hn::MulAdd(weight1, x0, sum1_0);
          const V x1 = hn::Load(d, x + i * 16 + k * 16 + 16 + b);
          sum0_1 = hn::MulAdd(weight0, x1, sum0_1);
          sum1_1 = hn::MulAdd(weight1, x1, sum1_1);
          const V x2 = hn::Load(d, x + i * 16 + k * 16 + 32 + b);
          sum0_2 = hn::MulAdd(weight0, x2, sum0_2);
          sum1_2 = hn::MulAdd(weight1, x2, sum1_2);
          const V x3 = hn::Load(d, x + i * 16 + k * 16 + 48 + b);
          sum0_3 = hn::MulAdd(weight0, x3, sum0_3);
          sum1_3 = hn::MulAdd(weight1, x3, sum1_3);
          const V x4 = hn::Load(d, x + i * 16 + k * 16 + 64 + b);
          sum0_4 = hn::MulAdd(weight0, x4, sum0_4);
          sum1_4 = hn::MulAdd(weight1, x4, sum1_4);
          const V x5 = hn::Load(d, x + i * 16 + k * 16 + 80 + b);
          sum0_5 = hn::MulAdd(weight0, x5, sum0_5);
          sum1_5 = hn::MulAdd(weight1, x5, sum1_5);
        }
        const V bias0 = hn::Set(d, bias[c]);
        hn::Store(hn::Add(bias0, sum0_0), d, y + c * 192 + i * 16 + b);
        hn::Store(hn::Add(bias0, sum0_1), d, y + c * 192 + i * 16 + 16 + b);
        hn::Store(hn::Add(bias0, sum0_2), d, y + c * 192 + i * 16 + 32 + b);
        hn::Store(hn::Add(bias0, sum0_3), d, y + c * 192 + i * 16 + 48 + b);
        hn::Store(hn::Add(bias0, sum0_4), d, y + c * 192 + i * 16 + 64 + b);
        hn::Store(hn::Add(bias0, sum0_5), d, y + c * 192 + i * 16 + 80 + b);
        const V bias1 = hn::Set(d, bias[c + 1]);
        hn::Store(hn::Add(bias1, sum1_0), d, y + c * 192 + i * 16 + 192 + b);
        hn::Store(hn::Add(bias1, sum1_1), d, y + c * 192 + i * 16 + 208 + b);
        hn::Store(hn::Add(bias1, sum1_2), d, y + c * 192 + i * 16 + 224 + b);
        hn::Store(hn::Add(bias1, sum1_3), d, y + c * 192 + i * 16 + 240 + b);
        hn::Store(hn::Add(bias1, sum1_4), d, y + c * 192 + i * 16 + 256 + b);
        hn::Store(hn::Add(bias1, sum1_5), d, y + c * 192 + i * 16 + 272 + b);
      }
    }
  }
  {
    constexpr size_t c = 2;
    for (size_t i = 0; i < 12; i += 6) {
      for (size_t b = 0; b < 16; b += N) {
        V sum0_0 = hn::Zero(d);
        V sum0_1 = hn::Zero(d);
        V sum0_2 = hn::Zero(d);
        V sum0_3 = hn::Zero(d);
        V sum0_4 = hn::Zero(d);
        V sum0_5 = hn::Zero(d);
        for (size_t k = 0; k < 3; ++k) {
          const V weight0 = hn::Set(d, weight[c * 16 + k]);
          const V x0 = hn::Load(d, x + i * 16 + k * 16 + b);
          sum0_0 = hn::MulAdd(weight0, x0, sum0_0);
          const V x1 = hn::Load(d, x + i * 16 + k * 16 + 16 + b);
          sum0_1 = hn::MulAdd(weight0, x1, sum0_1);
          const V x2 = hn::Load(d, x + i * 16 + k * 16 + 32 + b);
          sum0_2 = hn::MulAdd(weight0, x2, sum0_2);
          const V x3 = hn::Load(d, x + i * 16 + k * 16 + 48 + b);
          sum0_3 = hn::MulAdd(weight0, x3, sum0_3);
          const V x4 = hn::Load(d, x + i * 16 + k * 16 + 64 + b);
          sum0_4 = hn::MulAdd(weight0, x4, sum0_4);
          const V x5 = hn::Load(d, x + i * 16 + k * 16 + 80 + b);
          sum0_5 = hn::MulAdd(weight0, x5, sum0_5);
        }
        const V bias0 = hn::Set(d, bias[c]);
        hn::Store(hn::Add(bias0, sum0_0), d, y + c * 192 + i * 16 + b);
        hn::Store(hn::Add(bias0, sum0_1), d, y + c * 192 + i * 16 + 16 + b);
        hn::Store(hn::Add(bias0, sum0_2), d, y + c * 192 + i * 16 + 32 + b);
        hn::Store(hn::Add(bias0, sum0_3), d, y + c * 192 + i * 16 + 48 + b);
        hn::Store(hn::Add(bias0, sum0_4), d, y + c * 192 + i * 16 + 64 + b);
        hn::Store(hn::Add(bias0, sum0_5), d, y + c * 192 + i * 16 + 80 + b);
      }
    }
  }
}

// avg_pool_1: y[c, i] = (sum over k of x[c, i + k - 1]) * 0.333333
// x [1][14][16], y [1][12][16].
void avg_pool_1(const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t c = 0; c < 1; ++c) {
    for (size_t i = 0; i < 12; ++i) {
      for (size_t b = 0; b < 16; b += N) {
        V sum = hn::Zero(d);
        for (size_t k = 0; k < 3; ++k) {
          const V x0 = hn::Load(d, x + c * 224 + i * 16 + k * 16 + b);
          sum = hn::Add(sum, x0);
        }
        hn::Store(hn::Mul(sum, hn::Set(d, 0.33333334f)), d, y + c * 192 + i * 16 + b);
      }
    }
  }
}

// concat_1: y[c, i] = x[c, i]
// x [3][12][16], y [4][12][16].
void concat_1(const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t i = 0; i < 36; ++i) {
    for (size_t b = 0; b < 16; b += N) {
      const V x0 = hn::Load(d, x + i * 16 + b);
      hn::Store(x0, d, y + i * 16 + b);
    }
  }
}

// concat_1_2: y[c + 3, i] = x[c, i]
// x [1][12][16], y [4][12][16].
void concat_1_2(const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t i = 0; i < 12; ++i) {
    for (size_t b = 0; b < 16; b += N) {
      const V x0 = hn::Load(d, x + i * 16 + b);
      hn::Store(x0, d, y + i * 16 + 576 + b);
    }
  }
}

// mean_squared_error_1_sum_part: sum_part += sum over samples of sum over k, u of (x[k, u] -
//     target[k, u]) * (x[k, u] - target[k, u])
// x [4][12][16], target [4][12][16], sum_part [1].
void mean_squared_error_1_sum_part(const float* HWY_RESTRICT x, const float* HWY_RESTRICT target,
    float* HWY_RESTRICT sum_part, const tenon::block_call& call) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  alignas(64) float lanes[1][16];
  for (size_t l = 0; l < 16; l += N) {
    V sum = hn::Zero(d);
    for (size_t k = 0; k < 48; ++k) {
      for (size_t b = l; b < 16; b += 16) {
        const auto alive = hn::FirstN(d, call.live > b ? call.live - b : 0);
        const V x0 = hn::Load(d, x + k * 16 + b);
        const V target0 = hn::Load(d, target + k * 16 + b);
        sum = hn::Add(sum,
            hn::IfThenElseZero(alive, hn::Mul(hn::Sub(x0, target0), hn::Sub(x0, target0))));
      }
    }
    hn::Store(sum, d, lanes[0] + l);
  }
  sum_part[0] += tenon::HWY_NAMESPACE::sum_of_16(lanes[0]);
}

// mean_squared_error_1_gradient: d_x[c, i] = (x[c, i] - target[c, i]) * 0.0416667 / n
// x [4][12][16], target [4][12][16], d_x [4][12][16].
void mean_squared_error_1_gradient(const float* HWY_RESTRICT x, const float* HWY_RESTRICT target,
    float* HWY_RESTRICT d_x, const tenon::block_call& call) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t i = 0; i < 48; ++i) {
    for (size_t b = 0; b < 16; b += N) {
      const auto alive = hn::FirstN(d, call.live > b ? call.live - b : 0);
      const V x0 = hn::Load(d, x + i * 16 + b);
      const V target0 = hn::Load(d, target + i * 16 + b);
      hn::Store(hn::IfThenElseZero(alive, hn::Div(hn::Mul(hn::Sub(x0, target0),
          hn::Set(d, 0.041666668f)), hn::Set(d, call.batch_size))), d, d_x + i * 16 + b);
    }
  }
}

// concat_1_input_gradient: d_x[c, i] = d_y[c, i]
// d_y [4][12][16], d_x [3][12][16].
void concat_1_input_gradient(const float* HWY_RESTRICT d_y, float* HWY_RESTRICT d_x) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t i = 0; i < 36; ++i) {
    for (size_t b = 0; b < 16; b += N) {
      const V d_y0 = hn::Load(d, d_y + i * 16 + b);
      hn::Store(d_y0, d, d_x + i * 16 + b);
    }
  }
}

// conv1d_1_weight_gradient: d_weight[c, 0, i] += sum over samples of sum over k of d_y[c, k] * x[0,
//     i + k - 1]
// d_y [3][12][16], x [1][14][16], d_weight [3][16].   Tile: 3 x 3.
// 216 FLOP per sample.
void conv1d_1_weight_gradient(const float* HWY_RESTRICT d_y, const float* HWY_RESTRICT x,
    float* HWY_RESTRICT d_weight) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  alignas(64) float lanes[9][16];
  {
    constexpr size_t c = 0;
    {
      constexpr size_t i = 0;
      for (size_t l = 0; l < 16; l += N) {
        V sum0_0 = hn::Zero(d);
        V sum0_1 = hn::Zero(d);
        V sum0_2 = hn::Zero(d);
        V sum1_0 = hn::Zero(d);
        V sum1_1 = hn::Zero(d);
        V sum1_2 = hn::Zero(d);
        V sum2_0 = hn::Zero(d);
        V sum2_1 = hn::Zero(d);
        V sum2_2 = hn::Zero(d);
        for (size_t k = 0; k < 12; ++k) {
          for (size_t b = l; b < 16; b += 16) {
            const V x0 = hn::Load(d, x + i * 16 + k * 16 + b);
            const V x1 = hn::Load(d, x + i * 16 + k * 16 + 16 + b);
            const V x2 = hn::Load(d, x + i * 16 + k * 16 + 32 + b);
            const V d_y0 = hn::Load(d, d_y + c * 192 + k * 16 + b);
            sum0_0 = hn::MulAdd(d_y0, x0, sum0_0);
            sum0_1 = hn::MulAdd(d_y0, x1, sum0_1);
            sum0_2 = hn::MulAdd(d_y0, x2, sum0_2);
            const V d_y1 = hn::Load(d, d_y + c * 192 + k * 16 + 192 + b);
            sum1_0 = hn::MulAdd(d_y1, x0, sum1_0);
            sum1_1 = hn::MulAdd(d_y1, x1, sum1_1);
            sum1_2 = hn::MulAdd(d_y1, x2, sum1_2);
            const V d_y2 = hn::Load(d, d_y + c * 192 + k * 16 + 384 + b);
            sum2_0 = hn::MulAdd(d_y2, x0, sum2_0);
            sum2_1 = hn::MulAdd(d_y2, x1, sum2_1);
            sum2_2 = hn::MulAdd(d_y2, x2, sum2_2);
          }
        }
        hn::Store(sum0_0, d, lanes[0] + l);
        hn::Store(sum0_1, d, lanes[1] + l);
        hn::Store(sum0_2, d, lanes[2] + l);
        hn::Store(sum1_0, d, lanes[3] + l);
        hn::Store(sum1_1, d, lanes[4] + l);
        hn::Store(sum1_2, d, lanes[5] + l);
        hn::Store(sum2_0, d, lanes[6] + l);
        hn::Store(sum2_1, d, lanes[7] + l);
        hn::Store(sum2_2, d, lanes[8] + l);
      }
      float sums[9];
      tenon::HWY_NAMESPACE::sum_rows_of_16(lanes[0], 9, sums);
      d_weight[c * 16 + i] += sums[0];
      d_weight[c * 16 + i + 1] += sums[1];
      d_weight[c * 16 + i + 2] += sums[2];
      d_weight[c * 16 + i + 16] += sums[3];
      d_weight[c * 16 + i + 17] += sums[4];
      d_weight[c * 16 + i + 18] += sums[5];
      d_weight[c * 16 + i + 32] += sums[6];
      d_weight[c * 16 + i + 33] += sums[7];
      d_weight[c * 16 + i + 34] += sums[8];
    }
  }
}

// conv1d_1_bias_gradient: d_bias[i] += sum over samples of sum over k of d_y[i, k]
// d_y [3][12][16], d_bias [3].   Tile: 3 sums.
void conv1d_1_bias_gradient(const float* HWY_RESTRICT d_y, float* HWY_RESTRICT d_bias) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  alignas(64) float lanes[3][16];
  {
    constexpr size_t i = 0;
    for (size_t l = 0; l < 16; l += N) {
      V sum0 = hn::Zero(d);
      V sum1 = hn::Zero(d);
      V sum2 = hn::Zero(d);
      for (size_t k = 0; k < 12; ++k) {
        for (size_t b = l; b < 16; b += 16) {
          const V d_y0 = hn::Load(d, d_y + i * 192 + k * 16 + b);
          sum0 = hn::Add(sum0, d_y0);
          const V d_y1 = hn::Load(d, d_y + i * 192 + k * 16 + 192 + b);
          sum1 = hn::Add(sum1, d_y1);
          const V d_y2 = hn::Load(d, d_y + i * 192 + k * 16 + 384 + b);
          sum2 = hn::Add(sum2, d_y2);
        }
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

// mean_squared_error_1_sum: loss = sum_part / (n * 48)
// sum_part [1], loss [1].
// mean_squared_error_1_loss fused.
void mean_squared_error_1_sum(const float* HWY_RESTRICT sum_part, float* HWY_RESTRICT loss,
    size_t parts, size_t part_stride, const tenon::block_call& call) {
  loss[0] = (tenon::sum_over_parts(sum_part + 0, parts, part_stride) / (call.batch_size * 48.0f));
}

// One block of 16 samples through the whole step.
void block_phase_0([[maybe_unused]] const job& j, [[maybe_unused]] float* mine,
    [[maybe_unused]] float* sums, [[maybe_unused]] float* block,
    [[maybe_unused]] const tenon::block_call& call) {
  const size_t first = call.first_sample - j.first;
  tenon::HWY_NAMESPACE::clear_halo(mine + 1536, 1, 1, 12, 0, 0, 1, 1, 16);
  tenon::HWY_NAMESPACE::load_samples(j.x + first * 12, call.live, 1, 1, 12, 224, 224,
      mine + 1536 + 16, 16);
  if (!j.forward_only) {
    tenon::HWY_NAMESPACE::load_samples(j.target + first * 48, call.live, 4, 1, 12, 192, 192, mine,
        16);
  }
  conv1d_1(j.image + 48, j.image, mine + 1536, mine + 768);
  avg_pool_1(mine + 1536, mine + 1344);
  concat_1(mine + 768, block);
  concat_1_2(mine + 1344, block);
  if (j.forward_only) return;
  mean_squared_error_1_sum_part(block, mine, sums, call);
  mean_squared_error_1_gradient(block, mine, mine + 768, call);
  concat_1_input_gradient(mine + 768, mine);
  conv1d_1_weight_gradient(mine, mine + 1536, sums + 16);
  conv1d_1_bias_gradient(mine, sums + 64);
}

// A run of consecutive blocks, in order. Parts depend on n alone, never on the number of threads.
void run_part(const job& j, [[maybe_unused]] size_t phase, size_t part) {
  const size_t blocks = (j.n + 15) / 16;
  float* const mine = j.part_memory + part * 1760;
  float* const sums = j.part_sums + part * 80;
  if (phase == 0) std::memset(sums, 0, 80 * sizeof(float));
  for (size_t k = part * blocks / j.parts; k < (part + 1) * blocks / j.parts; ++k) {
    const size_t first = k * 16;
    const tenon::block_call call{.live = std::min<size_t>(j.n - first, 16),
        .batch_size = static_cast<float>(j.n), .first_sample = j.first +
        static_cast<uint32_t>(first), .seed = j.seed, .step = j.step};
    float* const block = j.block_memory + k * 768;
    block_phase_0(j, mine, sums, block, call);
  }
}

// Where blocks have met: sums of the parts, and what follows from them, at the end of a phase.
void collect(const job& j, size_t phase) {
  [[maybe_unused]] const tenon::block_call call{.batch_size = static_cast<float>(j.n),
      .seed = j.seed, .step = j.step};
  [[maybe_unused]] float* const sums = j.part_sums;
  switch (phase) {
    case 0:
      if (j.forward_only) break;
      mean_squared_error_1_sum(sums, j.batch, j.parts, 80, call);
      tenon::HWY_NAMESPACE::add_parts(sums + 16, j.parts, 80, 48, j.gradients);
      tenon::HWY_NAMESPACE::add_parts(sums + 64, j.parts, 80, 16, j.gradients + 48);
      break;
  }
}

// Running statistics, from the batch's.
void renew([[maybe_unused]] const job& j) {
}

// What is computed from parameters alone, before the samples.
void prepare([[maybe_unused]] const job& j) {
}

// Offset, floats with padding, rows, floats of a row, stride, whether it decays.
constexpr tenon::parameter_place places[] = {
  {0, 48, 3, 3, 16, true},  // conv1d_1.weight
  {48, 16, 1, 3, 16, false},  // conv1d_1.bias
};
void update([[maybe_unused]] const job& j, [[maybe_unused]] float* state,
    [[maybe_unused]] const tenon::settings& s) {
  tenon::HWY_NAMESPACE::update_parameters(s, places, {j.gradients, state, state + 64, j.image});
}

// The outputs of the last call, back to the caller's order.
void store_outputs(const job& j) {
  for (size_t first = 0; first < j.n; first += 16) {
    const tenon::block_call call{.live = std::min<size_t>(j.n - first, 16)};
    const float* const block = j.block_memory + first / 16 * 768;
    tenon::HWY_NAMESPACE::store_samples(block, call.live, 4, 1, 12, 192, 192, j.y + first * 48, 16);
  }
}

// One kernel on one block, for benchmarks: in the order of the tables in signal_info.cc.
void run_kernel(const job& j, size_t index, [[maybe_unused]] size_t k) {
  [[maybe_unused]] float* const mine = j.part_memory;
  [[maybe_unused]] float* const sums = j.part_sums;
  [[maybe_unused]] float* const block = j.block_memory + k * 768;
  const size_t first = k * 16;
  const tenon::block_call call{.live = std::min<size_t>(j.n - first, 16),
      .batch_size = static_cast<float>(j.n), .first_sample = j.first + static_cast<uint32_t>(first),
      .seed = j.seed, .step = j.step};
  switch (index) {
    case 0: conv1d_1(j.image + 48, j.image, mine + 1536, mine + 768); break;
    case 1: avg_pool_1(mine + 1536, mine + 1344); break;
    case 2: concat_1(mine + 768, block); break;
    case 3: concat_1_2(mine + 1344, block); break;
    case 4: mean_squared_error_1_sum_part(block, mine, sums, call); break;
    case 5: mean_squared_error_1_gradient(block, mine, mine + 768, call); break;
    case 6: concat_1_input_gradient(mine + 768, mine); break;
    case 7: conv1d_1_weight_gradient(mine, mine + 1536, sums + 16); break;
    case 8: conv1d_1_bias_gradient(mine, sums + 64); break;
    case 9: mean_squared_error_1_sum(sums, j.batch, j.parts, 80, call); break;
    case 10: tenon::HWY_NAMESPACE::add_parts(sums + 16, j.parts, 80, 48, j.gradients); break;
    case 11: tenon::HWY_NAMESPACE::add_parts(sums + 64, j.parts, 80, 16, j.gradients + 48); break;
    default: break;
  }
  static_cast<void>(call);
}

}  // namespace emitted::signal::train_kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace emitted::signal {
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
  j.image = m + 0, j.gradients = m + 64, j.batch = m + 256;
  j.part_sums = m + 272, j.part_memory = m + 432;
  j.block_memory = m + 3952;
  return j;
}

void train::run(train_kernels::job& j, const settings& s) noexcept {
  j.seed = s.seed, j.step = s.step, j.first = s.first_sample;
  last_n_ = j.n;
  prepare_(j);
  const std::size_t phases = j.forward_only ? 1 : 1;
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
  return *(j.batch);
}

float train::step(const float* x, const target_type* target, std::size_t n,
                  const settings& s) noexcept {
  const float loss = gradients(x, target, n, s);
  update(s);
  return loss;
}

void train::update(const settings& s) noexcept {
  update_(make_job(memory_, last_n_), memory_ + 128, s);
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
std::span<float> train::optimizer_state() noexcept { return {memory_ + 128, 128}; }
void train::gradient(std::span<float> image) noexcept {
  const float* const g = memory_ + 64;
  std::fill(image.begin(), image.end(), 0.0f);
  std::copy_n(g, std::min<std::size_t>(image.size(), 64), image.begin());
}
void train::set_gradient(std::span<const float> image) noexcept {
  std::copy_n(image.begin(), std::min<std::size_t>(image.size(), 64), memory_ + 64);
}
void train::run_kernel(std::size_t index, std::size_t block) noexcept {
  run_kernel_(make_job(memory_, batch), index, block % 2);
}
const char* train::target() const noexcept { return tenon::target_name<HWY_TARGETS>(); }

}  // namespace emitted::signal
#endif  // HWY_ONCE
