// perceptron, train. Written by tenon 0.1.0 from golden.hpp; do not edit: change the network and
// build again.
//
//   layer                    output      parameters  FLOP/sample   what became of it
//   input                    [5]
//   linear_1                 [7]                 42           70
//   relu_1                   [7]                                   in the kernel of linear_1
//   linear_2                 [7]                 56           98
//   tanh_1                   [7]                                   in the kernel of linear_2
//   residual_1               [7]
//   linear_3                 [3]                 24           42
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
// Arena: 14912 bytes, of which 3328 per part and 192 per block.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "perceptron_train.cc"
#include <hwy/foreach_target.h>  // compiles this file once per target; must come before highway.h
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include <tenon/core.hpp>

#include "emitted/perceptron.hpp"

#ifndef EMITTED_PERCEPTRON_TRAIN_JOB
#define EMITTED_PERCEPTRON_TRAIN_JOB
namespace emitted::perceptron::train_kernels {

// One call: its arguments, and where its memory lies.
struct job {
  const float* x = nullptr;
  const train::target_type* target = nullptr;
  float* y = nullptr;
  std::size_t n = 0, parts = 0;
  float* image = nullptr;  // parameters and buffers
  float* gradients = nullptr;    // laid out as the image
  float* batch = nullptr;        // once per step
  float* part_sums = nullptr;    // 336 floats per part: sums over its samples
  float* part_memory = nullptr;  // 832 floats per part: what a block needs within a phase
  float* block_memory = nullptr; // 48 floats per block: what outlives a phase
  std::uint64_t seed = 0, step = 0;
  std::uint32_t first = 0;  // position of the batch's first sample in the step
  bool forward_only = false;
};

}  // namespace emitted::perceptron::train_kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace emitted::perceptron::train_kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace math = tenon::HWY_NAMESPACE;  // exp, tanh, ...: the same bits everywhere, no libm
using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;
[[maybe_unused]] constexpr D d;
[[maybe_unused]] constexpr hn::CappedTag<float, 1> one;
[[maybe_unused]] constexpr hn::RebindToUnsigned<D> du;
[[maybe_unused]] constexpr hn::RebindToSigned<D> di;

// linear_1: y[i] = max(bias[i] + sum over k of weight[i, k] * x[k], 0)
// bias [7], weight [7][16], x [5][16], y [7][16].   Tile: 7 rows.
// 70 FLOP per sample.   relu_1 fused.
void linear_1(const float* HWY_RESTRICT bias, const float* HWY_RESTRICT weight,
    const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  {
    constexpr size_t i = 0;
    for (size_t b = 0; b < 16; b += N) {
      V sum0 = hn::Zero(d);
      V sum1 = hn::Zero(d);
      V sum2 = hn::Zero(d);
      V sum3 = hn::Zero(d);
      V sum4 = hn::Zero(d);
      V sum5 = hn::Zero(d);
      V sum6 = hn::Zero(d);
      for (size_t k = 0; k < 5; ++k) {
        const V weight0 = hn::Set(d, weight[i * 16 + k]);
        const V x0 = hn::Load(d, x + k * 16 + b);
        sum0 = hn::MulAdd(weight0, x0, sum0);
        const V weight1 = hn::Set(d, weight[i * 16 + k + 16]);
        sum1 = hn::MulAdd(weight1, x0, sum1);
        const V weight2 = hn::Set(d, weight[i * 16 + k + 32]);
        sum2 = hn::MulAdd(weight2, x0, sum2);
        const V weight3 = hn::Set(d, weight[i * 16 + k + 48]);
        sum3 = hn::MulAdd(weight3, x0, sum3);
        const V weight4 = hn::Set(d, weight[i * 16 + k + 64]);
        sum4 = hn::MulAdd(weight4, x0, sum4);
        const V weight5 = hn::Set(d, weight[i * 16 + k + 80]);
        sum5 = hn::MulAdd(weight5, x0, sum5);
        const V weight6 = hn::Set(d, weight[i * 16 + k + 96]);
        sum6 = hn::MulAdd(weight6, x0, sum6);
      }
      const V bias0 = hn::Set(d, bias[i]);
      hn::Store(hn::Max(hn::Add(bias0, sum0), hn::Zero(d)), d, y + i * 16 + b);
      const V bias1 = hn::Set(d, bias[i + 1]);
      hn::Store(hn::Max(hn::Add(bias1, sum1), hn::Zero(d)), d, y + i * 16 + 16 + b);
      const V bias2 = hn::Set(d, bias[i + 2]);
      hn::Store(hn::Max(hn::Add(bias2, sum2), hn::Zero(d)), d, y + i * 16 + 32 + b);
      const V bias3 = hn::Set(d, bias[i + 3]);
      hn::Store(hn::Max(hn::Add(bias3, sum3), hn::Zero(d)), d, y + i * 16 + 48 + b);
      const V bias4 = hn::Set(d, bias[i + 4]);
      hn::Store(hn::Max(hn::Add(bias4, sum4), hn::Zero(d)), d, y + i * 16 + 64 + b);
      const V bias5 = hn::Set(d, bias[i + 5]);
      hn::Store(hn::Max(hn::Add(bias5, sum5), hn::Zero(d)), d, y + i * 16 + 80 + b);
      const V bias6 = hn::Set(d, bias[i + 6]);
      hn::Store(hn::Max(hn::Add(bias6, sum6), hn::Zero(d)), d, y + i * 16 + 96 + b);
    }
  }
}

// linear_2: y[i] = tanh(bias[i] + sum over k of weight[i, k] * x[k])
// bias [7], weight [7][16], x [7][16], y [7][16].   Tile: 7 rows.
// 98 FLOP per sample.   tanh_1 fused.
void linear_2(const float* HWY_RESTRICT bias, const float* HWY_RESTRICT weight,
    const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  {
    constexpr size_t i = 0;
    for (size_t b = 0; b < 16; b += N) {
      V sum0 = hn::Zero(d);
      V sum1 = hn::Zero(d);
      V sum2 = hn::Zero(d);
      V sum3 = hn::Zero(d);
      V sum4 = hn::Zero(d);
      V sum5 = hn::Zero(d);
      V sum6 = hn::Zero(d);
      for (size_t k = 0; k < 7; ++k) {
        const V weight0 = hn::Set(d, weight[i * 16 + k]);
        const V x0 = hn::Load(d, x + k * 16 + b);
        sum0 = hn::MulAdd(weight0, x0, sum0);
        const V weight1 = hn::Set(d, weight[i * 16 + k + 16]);
        sum1 = hn::MulAdd(weight1, x0, sum1);
        const V weight2 = hn::Set(d, weight[i * 16 + k + 32]);
        sum2 = hn::MulAdd(weight2, x0, sum2);
        const V weight3 = hn::Set(d, weight[i * 16 + k + 48]);
        sum3 = hn::MulAdd(weight3, x0, sum3);
        const V weight4 = hn::Set(d, weight[i * 16 + k + 64]);
        sum4 = hn::MulAdd(weight4, x0, sum4);
        const V weight5 = hn::Set(d, weight[i * 16 + k + 80]);
        sum5 = hn::MulAdd(weight5, x0, sum5);
        const V weight6 = hn::Set(d, weight[i * 16 + k + 96]);
        sum6 = hn::MulAdd(weight6, x0, sum6);
      }
      const V bias0 = hn::Set(d, bias[i]);
      hn::Store(math::tanh(d, hn::Add(bias0, sum0)), d, y + i * 16 + b);
      const V bias1 = hn::Set(d, bias[i + 1]);
      hn::Store(math::tanh(d, hn::Add(bias1, sum1)), d, y + i * 16 + 16 + b);
      const V bias2 = hn::Set(d, bias[i + 2]);
      hn::Store(math::tanh(d, hn::Add(bias2, sum2)), d, y + i * 16 + 32 + b);
      const V bias3 = hn::Set(d, bias[i + 3]);
      hn::Store(math::tanh(d, hn::Add(bias3, sum3)), d, y + i * 16 + 48 + b);
      const V bias4 = hn::Set(d, bias[i + 4]);
      hn::Store(math::tanh(d, hn::Add(bias4, sum4)), d, y + i * 16 + 64 + b);
      const V bias5 = hn::Set(d, bias[i + 5]);
      hn::Store(math::tanh(d, hn::Add(bias5, sum5)), d, y + i * 16 + 80 + b);
      const V bias6 = hn::Set(d, bias[i + 6]);
      hn::Store(math::tanh(d, hn::Add(bias6, sum6)), d, y + i * 16 + 96 + b);
    }
  }
}

// residual_1: y[i] = x[i] + x_2[i]
// x [7][16], x_2 [7][16], y [7][16].
void residual_1(const float* HWY_RESTRICT x, const float* HWY_RESTRICT x_2, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t i = 0; i < 7; ++i) {
    for (size_t b = 0; b < 16; b += N) {
      const V x0 = hn::Load(d, x + i * 16 + b);
      const V x_20 = hn::Load(d, x_2 + i * 16 + b);
      hn::Store(hn::Add(x0, x_20), d, y + i * 16 + b);
    }
  }
}

// linear_3: y[i] = bias[i] + sum over k of weight[i, k] * x[k]
// bias [3], weight [3][16], x [7][16], y [3][16].   Tile: 3 rows.
// 42 FLOP per sample.
void linear_3(const float* HWY_RESTRICT bias, const float* HWY_RESTRICT weight,
    const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  {
    constexpr size_t i = 0;
    for (size_t b = 0; b < 16; b += N) {
      V sum0 = hn::Zero(d);
      V sum1 = hn::Zero(d);
      V sum2 = hn::Zero(d);
      for (size_t k = 0; k < 7; ++k) {
        const V weight0 = hn::Set(d, weight[i * 16 + k]);
        const V x0 = hn::Load(d, x + k * 16 + b);
        sum0 = hn::MulAdd(weight0, x0, sum0);
        const V weight1 = hn::Set(d, weight[i * 16 + k + 16]);
        sum1 = hn::MulAdd(weight1, x0, sum1);
        const V weight2 = hn::Set(d, weight[i * 16 + k + 32]);
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

// linear_3_input_gradient: d_x[i] = sum over k of d_y[k] * weight[k, i]
// d_y [3][16], weight [3][16], d_x [7][16].   Tile: 7 rows.
// 42 FLOP per sample.
void linear_3_input_gradient(const float* HWY_RESTRICT d_y, const float* HWY_RESTRICT weight,
    float* HWY_RESTRICT d_x) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  {
    constexpr size_t i = 0;
    for (size_t b = 0; b < 16; b += N) {
      V sum0 = hn::Zero(d);
      V sum1 = hn::Zero(d);
      V sum2 = hn::Zero(d);
      V sum3 = hn::Zero(d);
      V sum4 = hn::Zero(d);
      V sum5 = hn::Zero(d);
      V sum6 = hn::Zero(d);
      for (size_t k = 0; k < 3; ++k) {
        const V d_y0 = hn::Load(d, d_y + k * 16 + b);
        const V weight0 = hn::Set(d, weight[i + k * 16]);
        sum0 = hn::MulAdd(d_y0, weight0, sum0);
        const V weight1 = hn::Set(d, weight[i + k * 16 + 1]);
        sum1 = hn::MulAdd(d_y0, weight1, sum1);
        const V weight2 = hn::Set(d, weight[i + k * 16 + 2]);
        sum2 = hn::MulAdd(d_y0, weight2, sum2);
        const V weight3 = hn::Set(d, weight[i + k * 16 + 3]);
        sum3 = hn::MulAdd(d_y0, weight3, sum3);
        const V weight4 = hn::Set(d, weight[i + k * 16 + 4]);
        sum4 = hn::MulAdd(d_y0, weight4, sum4);
        const V weight5 = hn::Set(d, weight[i + k * 16 + 5]);
        sum5 = hn::MulAdd(d_y0, weight5, sum5);
        const V weight6 = hn::Set(d, weight[i + k * 16 + 6]);
        sum6 = hn::MulAdd(d_y0, weight6, sum6);
      }
      hn::Store(sum0, d, d_x + i * 16 + b);
      hn::Store(sum1, d, d_x + i * 16 + 16 + b);
      hn::Store(sum2, d, d_x + i * 16 + 32 + b);
      hn::Store(sum3, d, d_x + i * 16 + 48 + b);
      hn::Store(sum4, d, d_x + i * 16 + 64 + b);
      hn::Store(sum5, d, d_x + i * 16 + 80 + b);
      hn::Store(sum6, d, d_x + i * 16 + 96 + b);
    }
  }
}

// linear_3_weight_gradient: d_weight[c, i] += sum over samples of d_y[c] * x_transposed[i]
// d_y [3][16], x_transposed [16][16], d_weight [3][16].   Tile: 3 rows x 1 vector of columns.
// 42 FLOP per sample.
void linear_3_weight_gradient(const float* HWY_RESTRICT d_y, const float* HWY_RESTRICT x_transposed,
    float* HWY_RESTRICT d_weight) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  {
    constexpr size_t c = 0;
    for (size_t i = 0; i < 16; i += N) {
      V sum0 = hn::Load(d, d_weight + c * 16 + i);
      V sum1 = hn::Load(d, d_weight + c * 16 + 16 + i);
      V sum2 = hn::Load(d, d_weight + c * 16 + 32 + i);
      for (size_t b = 0; b < 16; ++b) {
        const V x0 = hn::Load(d, x_transposed + b * 16 + i);
        sum0 = hn::MulAdd(hn::Set(d, d_y[c * 16 + b]), x0, sum0);
        sum1 = hn::MulAdd(hn::Set(d, d_y[c * 16 + 16 + b]), x0, sum1);
        sum2 = hn::MulAdd(hn::Set(d, d_y[c * 16 + 32 + b]), x0, sum2);
      }
      hn::Store(sum0, d, d_weight + c * 16 + i);
      hn::Store(sum1, d, d_weight + c * 16 + 16 + i);
      hn::Store(sum2, d, d_weight + c * 16 + 32 + i);
    }
  }
}

// linear_3_bias_gradient: d_bias[i] += sum over samples of d_y[i]
// d_y [3][16], d_bias [3].   Tile: 3 sums.
void linear_3_bias_gradient(const float* HWY_RESTRICT d_y, float* HWY_RESTRICT d_bias) {
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

// tanh_1_gradient: d_x[i] = d_y[i] * (1 - y[i] * y[i])
// d_y [7][16], y [7][16], d_x [7][16].
void tanh_1_gradient(const float* HWY_RESTRICT d_y, const float* HWY_RESTRICT y,
    float* HWY_RESTRICT d_x) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t i = 0; i < 7; ++i) {
    for (size_t b = 0; b < 16; b += N) {
      const V d_y0 = hn::Load(d, d_y + i * 16 + b);
      const V y0 = hn::Load(d, y + i * 16 + b);
      hn::Store(hn::Mul(d_y0, hn::NegMulAdd(y0, y0, hn::Set(d, 1.0f))), d, d_x + i * 16 + b);
    }
  }
}

// linear_2_weight_gradient: d_weight[c, i] += sum over samples of d_y[c] * x_transposed[i]
// d_y [7][16], x_transposed [16][16], d_weight [7][16].   Tile: 7 rows x 1 vector of columns.
// 98 FLOP per sample.
void linear_2_weight_gradient(const float* HWY_RESTRICT d_y, const float* HWY_RESTRICT x_transposed,
    float* HWY_RESTRICT d_weight) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  {
    constexpr size_t c = 0;
    for (size_t i = 0; i < 16; i += N) {
      V sum0 = hn::Load(d, d_weight + c * 16 + i);
      V sum1 = hn::Load(d, d_weight + c * 16 + 16 + i);
      V sum2 = hn::Load(d, d_weight + c * 16 + 32 + i);
      V sum3 = hn::Load(d, d_weight + c * 16 + 48 + i);
      V sum4 = hn::Load(d, d_weight + c * 16 + 64 + i);
      V sum5 = hn::Load(d, d_weight + c * 16 + 80 + i);
      V sum6 = hn::Load(d, d_weight + c * 16 + 96 + i);
      for (size_t b = 0; b < 16; ++b) {
        const V x0 = hn::Load(d, x_transposed + b * 16 + i);
        sum0 = hn::MulAdd(hn::Set(d, d_y[c * 16 + b]), x0, sum0);
        sum1 = hn::MulAdd(hn::Set(d, d_y[c * 16 + 16 + b]), x0, sum1);
        sum2 = hn::MulAdd(hn::Set(d, d_y[c * 16 + 32 + b]), x0, sum2);
        sum3 = hn::MulAdd(hn::Set(d, d_y[c * 16 + 48 + b]), x0, sum3);
        sum4 = hn::MulAdd(hn::Set(d, d_y[c * 16 + 64 + b]), x0, sum4);
        sum5 = hn::MulAdd(hn::Set(d, d_y[c * 16 + 80 + b]), x0, sum5);
        sum6 = hn::MulAdd(hn::Set(d, d_y[c * 16 + 96 + b]), x0, sum6);
      }
      hn::Store(sum0, d, d_weight + c * 16 + i);
      hn::Store(sum1, d, d_weight + c * 16 + 16 + i);
      hn::Store(sum2, d, d_weight + c * 16 + 32 + i);
      hn::Store(sum3, d, d_weight + c * 16 + 48 + i);
      hn::Store(sum4, d, d_weight + c * 16 + 64 + i);
      hn::Store(sum5, d, d_weight + c * 16 + 80 + i);
      hn::Store(sum6, d, d_weight + c * 16 + 96 + i);
    }
  }
}

// linear_2_bias_gradient: d_bias[i] += sum over samples of d_y[i]
// d_y [7][16], d_bias [7].   Tile: 4 sums.
void linear_2_bias_gradient(const float* HWY_RESTRICT d_y, float* HWY_RESTRICT d_bias) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  alignas(64) float lanes[4][16];
  {
    constexpr size_t i = 0;
    for (size_t l = 0; l < 16; l += N) {
      V sum0 = hn::Zero(d);
      V sum1 = hn::Zero(d);
      V sum2 = hn::Zero(d);
      V sum3 = hn::Zero(d);
      for (size_t b = l; b < 16; b += 16) {
        const V d_y0 = hn::Load(d, d_y + i * 16 + b);
        sum0 = hn::Add(sum0, d_y0);
        const V d_y1 = hn::Load(d, d_y + i * 16 + 16 + b);
        sum1 = hn::Add(sum1, d_y1);
        const V d_y2 = hn::Load(d, d_y + i * 16 + 32 + b);
        sum2 = hn::Add(sum2, d_y2);
        const V d_y3 = hn::Load(d, d_y + i * 16 + 48 + b);
        sum3 = hn::Add(sum3, d_y3);
      }
      hn::Store(sum0, d, lanes[0] + l);
      hn::Store(sum1, d, lanes[1] + l);
      hn::Store(sum2, d, lanes[2] + l);
      hn::Store(sum3, d, lanes[3] + l);
    }
    float sums[4];
    tenon::HWY_NAMESPACE::sum_rows_of_16(lanes[0], 4, sums);
    d_bias[i] += sums[0];
    d_bias[i + 1] += sums[1];
    d_bias[i + 2] += sums[2];
    d_bias[i + 3] += sums[3];
  }
  {
    constexpr size_t i = 4;
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

// linear_2_input_gradient: d_x[i] = (x[i] > 0 ? d_y[i] + sum over k of d_y_2[k] * weight[k, i] : 0)
// x [7][16], d_y [7][16], d_y_2 [7][16], weight [7][16], d_x [7][16].   Tile: 7 rows.
// 98 FLOP per sample.   relu_1_gradient_sum fused, relu_1_gradient fused.
void linear_2_input_gradient(const float* HWY_RESTRICT x, const float* HWY_RESTRICT d_y,
    const float* HWY_RESTRICT d_y_2, const float* HWY_RESTRICT weight, float* HWY_RESTRICT d_x) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  {
    constexpr size_t i = 0;
    for (size_t b = 0; b < 16; b += N) {
      V sum0 = hn::Zero(d);
      V sum1 = hn::Zero(d);
      V sum2 = hn::Zero(d);
      V sum3 = hn::Zero(d);
      V sum4 = hn::Zero(d);
      V sum5 = hn::Zero(d);
      V sum6 = hn::Zero(d);
      for (size_t k = 0; k < 7; ++k) {
        const V d_y_20 = hn::Load(d, d_y_2 + k * 16 + b);
        const V weight0 = hn::Set(d, weight[i + k * 16]);
        sum0 = hn::MulAdd(d_y_20, weight0, sum0);
        const V weight1 = hn::Set(d, weight[i + k * 16 + 1]);
        sum1 = hn::MulAdd(d_y_20, weight1, sum1);
        const V weight2 = hn::Set(d, weight[i + k * 16 + 2]);
        sum2 = hn::MulAdd(d_y_20, weight2, sum2);
        const V weight3 = hn::Set(d, weight[i + k * 16 + 3]);
        sum3 = hn::MulAdd(d_y_20, weight3, sum3);
        const V weight4 = hn::Set(d, weight[i + k * 16 + 4]);
        sum4 = hn::MulAdd(d_y_20, weight4, sum4);
        const V weight5 = hn::Set(d, weight[i + k * 16 + 5]);
        sum5 = hn::MulAdd(d_y_20, weight5, sum5);
        const V weight6 = hn::Set(d, weight[i + k * 16 + 6]);
        sum6 = hn::MulAdd(d_y_20, weight6, sum6);
      }
      const V d_y0 = hn::Load(d, d_y + i * 16 + b);
      const V x0 = hn::Load(d, x + i * 16 + b);
      hn::Store(hn::IfThenElseZero(hn::Gt(x0, hn::Zero(d)), hn::Add(d_y0, sum0)), d,
          d_x + i * 16 + b);
      const V d_y1 = hn::Load(d, d_y + i * 16 + 16 + b);
      const V x1 = hn::Load(d, x + i * 16 + 16 + b);
      hn::Store(hn::IfThenElseZero(hn::Gt(x1, hn::Zero(d)), hn::Add(d_y1, sum1)), d,
          d_x + i * 16 + 16 + b);
      const V d_y2 = hn::Load(d, d_y + i * 16 + 32 + b);
      const V x2 = hn::Load(d, x + i * 16 + 32 + b);
      hn::Store(hn::IfThenElseZero(hn::Gt(x2, hn::Zero(d)), hn::Add(d_y2, sum2)), d,
          d_x + i * 16 + 32 + b);
      const V d_y3 = hn::Load(d, d_y + i * 16 + 48 + b);
      const V x3 = hn::Load(d, x + i * 16 + 48 + b);
      hn::Store(hn::IfThenElseZero(hn::Gt(x3, hn::Zero(d)), hn::Add(d_y3, sum3)), d,
          d_x + i * 16 + 48 + b);
      const V d_y4 = hn::Load(d, d_y + i * 16 + 64 + b);
      const V x4 = hn::Load(d, x + i * 16 + 64 + b);
      hn::Store(hn::IfThenElseZero(hn::Gt(x4, hn::Zero(d)), hn::Add(d_y4, sum4)), d,
          d_x + i * 16 + 64 + b);
      const V d_y5 = hn::Load(d, d_y + i * 16 + 80 + b);
      const V x5 = hn::Load(d, x + i * 16 + 80 + b);
      hn::Store(hn::IfThenElseZero(hn::Gt(x5, hn::Zero(d)), hn::Add(d_y5, sum5)), d,
          d_x + i * 16 + 80 + b);
      const V d_y6 = hn::Load(d, d_y + i * 16 + 96 + b);
      const V x6 = hn::Load(d, x + i * 16 + 96 + b);
      hn::Store(hn::IfThenElseZero(hn::Gt(x6, hn::Zero(d)), hn::Add(d_y6, sum6)), d,
          d_x + i * 16 + 96 + b);
    }
  }
}

// linear_1_weight_gradient: d_weight[c, i] += sum over samples of d_y[c] * x_transposed[i]
// d_y [7][16], x_transposed [16][16], d_weight [7][16].   Tile: 7 rows x 1 vector of columns.
// 70 FLOP per sample.
void linear_1_weight_gradient(const float* HWY_RESTRICT d_y, const float* HWY_RESTRICT x_transposed,
    float* HWY_RESTRICT d_weight) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  {
    constexpr size_t c = 0;
    for (size_t i = 0; i < 16; i += N) {
      V sum0 = hn::Load(d, d_weight + c * 16 + i);
      V sum1 = hn::Load(d, d_weight + c * 16 + 16 + i);
      V sum2 = hn::Load(d, d_weight + c * 16 + 32 + i);
      V sum3 = hn::Load(d, d_weight + c * 16 + 48 + i);
      V sum4 = hn::Load(d, d_weight + c * 16 + 64 + i);
      V sum5 = hn::Load(d, d_weight + c * 16 + 80 + i);
      V sum6 = hn::Load(d, d_weight + c * 16 + 96 + i);
      for (size_t b = 0; b < 16; ++b) {
        const V x0 = hn::Load(d, x_transposed + b * 16 + i);
        sum0 = hn::MulAdd(hn::Set(d, d_y[c * 16 + b]), x0, sum0);
        sum1 = hn::MulAdd(hn::Set(d, d_y[c * 16 + 16 + b]), x0, sum1);
        sum2 = hn::MulAdd(hn::Set(d, d_y[c * 16 + 32 + b]), x0, sum2);
        sum3 = hn::MulAdd(hn::Set(d, d_y[c * 16 + 48 + b]), x0, sum3);
        sum4 = hn::MulAdd(hn::Set(d, d_y[c * 16 + 64 + b]), x0, sum4);
        sum5 = hn::MulAdd(hn::Set(d, d_y[c * 16 + 80 + b]), x0, sum5);
        sum6 = hn::MulAdd(hn::Set(d, d_y[c * 16 + 96 + b]), x0, sum6);
      }
      hn::Store(sum0, d, d_weight + c * 16 + i);
      hn::Store(sum1, d, d_weight + c * 16 + 16 + i);
      hn::Store(sum2, d, d_weight + c * 16 + 32 + i);
      hn::Store(sum3, d, d_weight + c * 16 + 48 + i);
      hn::Store(sum4, d, d_weight + c * 16 + 64 + i);
      hn::Store(sum5, d, d_weight + c * 16 + 80 + i);
      hn::Store(sum6, d, d_weight + c * 16 + 96 + i);
    }
  }
}

// softmax_cross_entropy_1_sum: loss = sum_part / n
// sum_part [1], loss [1].
// softmax_cross_entropy_1_loss fused.
void softmax_cross_entropy_1_sum(const float* HWY_RESTRICT sum_part, float* HWY_RESTRICT loss,
    size_t parts, size_t part_stride, const tenon::block_call& call) {
  loss[0] = (tenon::sum_over_parts(sum_part + 0, parts, part_stride) / call.batch_size);
}

// One block of 16 samples through the whole step.
void block_phase_0([[maybe_unused]] const job& j, [[maybe_unused]] float* mine,
    [[maybe_unused]] float* sums, [[maybe_unused]] float* block,
    [[maybe_unused]] const tenon::block_call& call) {
  const size_t first = call.first_sample - j.first;
  tenon::HWY_NAMESPACE::load_samples(j.x + first * 5, call.live, 1, 1, 5, 80, 80, mine + 704, 16);
  if (!j.forward_only) {
    tenon::HWY_NAMESPACE::load_classes(j.target + first, call.live, mine, 16);
  }
  linear_1(j.image + 272, j.image, mine + 704, mine + 256);
  linear_2(j.image + 288, j.image + 112, mine + 256, mine + 368);
  residual_1(mine + 368, mine + 256, mine + 480);
  linear_3(j.image + 304, j.image + 224, mine + 480, block);
  if (j.forward_only) return;
  softmax_cross_entropy_1_maximum(block, mine + 16);
  softmax_cross_entropy_1_total(block, mine + 16, mine + 32);
  softmax_cross_entropy_1_sum_of_sample(mine + 32, mine, block, mine + 16, mine + 48);
  softmax_cross_entropy_1_sum_part(mine + 48, sums, call);
  softmax_cross_entropy_1_gradient(block, mine + 16, mine + 32, mine, mine + 784, call);
  linear_3_input_gradient(mine + 784, j.image + 224, mine + 592);
  tenon::HWY_NAMESPACE::transpose_to_rows(mine + 480, 7, 16, 16, mine);
  linear_3_weight_gradient(mine + 784, mine, sums + 16);
  linear_3_bias_gradient(mine + 784, sums + 64);
  tanh_1_gradient(mine + 592, mine + 368, mine + 480);
  tenon::HWY_NAMESPACE::transpose_to_rows(mine + 256, 7, 16, 16, mine);
  linear_2_weight_gradient(mine + 480, mine, sums + 80);
  linear_2_bias_gradient(mine + 480, sums + 192);
  linear_2_input_gradient(mine + 256, mine + 592, mine + 480, j.image + 112, mine + 368);
  tenon::HWY_NAMESPACE::transpose_to_rows(mine + 704, 5, 16, 16, mine);
  linear_1_weight_gradient(mine + 368, mine, sums + 208);
  linear_2_bias_gradient(mine + 368, sums + 320);
}

// A run of consecutive blocks, in order. Parts depend on n alone, never on the number of threads.
void run_part(const job& j, [[maybe_unused]] size_t phase, size_t part) {
  const size_t blocks = (j.n + 15) / 16;
  float* const mine = j.part_memory + part * 832;
  float* const sums = j.part_sums + part * 336;
  if (phase == 0) std::memset(sums, 0, 336 * sizeof(float));
  for (size_t k = part * blocks / j.parts; k < (part + 1) * blocks / j.parts; ++k) {
    const size_t first = k * 16;
    const tenon::block_call call{.live = std::min<size_t>(j.n - first, 16),
        .batch_size = static_cast<float>(j.n), .first_sample = j.first +
        static_cast<uint32_t>(first), .seed = j.seed, .step = j.step};
    float* const block = j.block_memory + k * 48;
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
      softmax_cross_entropy_1_sum(sums, j.batch, j.parts, 336, call);
      tenon::HWY_NAMESPACE::add_parts(sums + 16, j.parts, 336, 48, j.gradients + 224);
      tenon::HWY_NAMESPACE::add_parts(sums + 64, j.parts, 336, 16, j.gradients + 304);
      tenon::HWY_NAMESPACE::add_parts(sums + 80, j.parts, 336, 112, j.gradients + 112);
      tenon::HWY_NAMESPACE::add_parts(sums + 192, j.parts, 336, 16, j.gradients + 288);
      tenon::HWY_NAMESPACE::add_parts(sums + 208, j.parts, 336, 112, j.gradients);
      tenon::HWY_NAMESPACE::add_parts(sums + 320, j.parts, 336, 16, j.gradients + 272);
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
  {0, 112, 7, 5, 16, true},  // linear_1.weight
  {272, 16, 1, 7, 16, false},  // linear_1.bias
  {112, 112, 7, 7, 16, true},  // linear_2.weight
  {288, 16, 1, 7, 16, false},  // linear_2.bias
  {224, 48, 3, 7, 16, true},  // linear_3.weight
  {304, 16, 1, 3, 16, false},  // linear_3.bias
};
void update([[maybe_unused]] const job& j, [[maybe_unused]] float* state,
    [[maybe_unused]] const tenon::settings& s) {
  tenon::HWY_NAMESPACE::update_parameters(s, places, {j.gradients, state, state + 320, j.image});
}

// The outputs of the last call, back to the caller's order.
void store_outputs(const job& j) {
  for (size_t first = 0; first < j.n; first += 16) {
    const tenon::block_call call{.live = std::min<size_t>(j.n - first, 16)};
    const float* const block = j.block_memory + first / 16 * 48;
    tenon::HWY_NAMESPACE::store_samples(block, call.live, 1, 1, 3, 48, 48, j.y + first * 3, 16);
  }
}

// One kernel on one block, for benchmarks: in the order of the tables in perceptron_info.cc.
void run_kernel(const job& j, size_t index, [[maybe_unused]] size_t k) {
  [[maybe_unused]] float* const mine = j.part_memory;
  [[maybe_unused]] float* const sums = j.part_sums;
  [[maybe_unused]] float* const block = j.block_memory + k * 48;
  const size_t first = k * 16;
  const tenon::block_call call{.live = std::min<size_t>(j.n - first, 16),
      .batch_size = static_cast<float>(j.n), .first_sample = j.first + static_cast<uint32_t>(first),
      .seed = j.seed, .step = j.step};
  switch (index) {
    case 0: linear_1(j.image + 272, j.image, mine + 704, mine + 256); break;
    case 1: linear_2(j.image + 288, j.image + 112, mine + 256, mine + 368); break;
    case 2: residual_1(mine + 368, mine + 256, mine + 480); break;
    case 3: linear_3(j.image + 304, j.image + 224, mine + 480, block); break;
    case 4: softmax_cross_entropy_1_maximum(block, mine + 16); break;
    case 5: softmax_cross_entropy_1_total(block, mine + 16, mine + 32); break;
    case 6: softmax_cross_entropy_1_sum_of_sample(mine + 32, mine, block, mine + 16, mine + 48);
        break;
    case 7: softmax_cross_entropy_1_sum_part(mine + 48, sums, call); break;
    case 8: softmax_cross_entropy_1_gradient(block, mine + 16, mine + 32, mine, mine + 784, call);
        break;
    case 9: linear_3_input_gradient(mine + 784, j.image + 224, mine + 592); break;
    case 10: tenon::HWY_NAMESPACE::transpose_to_rows(mine + 480, 7, 16, 16, mine); break;
    case 11: linear_3_weight_gradient(mine + 784, mine, sums + 16); break;
    case 12: linear_3_bias_gradient(mine + 784, sums + 64); break;
    case 13: tanh_1_gradient(mine + 592, mine + 368, mine + 480); break;
    case 14: tenon::HWY_NAMESPACE::transpose_to_rows(mine + 256, 7, 16, 16, mine); break;
    case 15: linear_2_weight_gradient(mine + 480, mine, sums + 80); break;
    case 16: linear_2_bias_gradient(mine + 480, sums + 192); break;
    case 17: linear_2_input_gradient(mine + 256, mine + 592, mine + 480, j.image + 112, mine + 368);
        break;
    case 18: tenon::HWY_NAMESPACE::transpose_to_rows(mine + 704, 5, 16, 16, mine); break;
    case 19: linear_1_weight_gradient(mine + 368, mine, sums + 208); break;
    case 20: linear_2_bias_gradient(mine + 368, sums + 320); break;
    case 21: softmax_cross_entropy_1_sum(sums, j.batch, j.parts, 336, call); break;
    case 22: tenon::HWY_NAMESPACE::add_parts(sums + 16, j.parts, 336, 48, j.gradients + 224); break;
    case 23: tenon::HWY_NAMESPACE::add_parts(sums + 64, j.parts, 336, 16, j.gradients + 304); break;
    case 24: tenon::HWY_NAMESPACE::add_parts(sums + 80, j.parts, 336, 112, j.gradients + 112);
        break;
    case 25: tenon::HWY_NAMESPACE::add_parts(sums + 192, j.parts, 336, 16, j.gradients + 288);
        break;
    case 26: tenon::HWY_NAMESPACE::add_parts(sums + 208, j.parts, 336, 112, j.gradients); break;
    case 27: tenon::HWY_NAMESPACE::add_parts(sums + 320, j.parts, 336, 16, j.gradients + 272);
        break;
    default: break;
  }
  static_cast<void>(call);
}

}  // namespace emitted::perceptron::train_kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace emitted::perceptron {
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
  j.image = m + 0, j.gradients = m + 320, j.batch = m + 1280;
  j.part_sums = m + 1296, j.part_memory = m + 1968;
  j.block_memory = m + 3632;
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
  update_(make_job(memory_, last_n_), memory_ + 640, s);
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
std::span<float> train::optimizer_state() noexcept { return {memory_ + 640, 640}; }
void train::gradient(std::span<float> image) noexcept {
  const float* const g = memory_ + 320;
  std::fill(image.begin(), image.end(), 0.0f);
  std::copy_n(g, std::min<std::size_t>(image.size(), 320), image.begin());
}
void train::set_gradient(std::span<const float> image) noexcept {
  std::copy_n(image.begin(), std::min<std::size_t>(image.size(), 320), memory_ + 320);
}
void train::run_kernel(std::size_t index, std::size_t block) noexcept {
  run_kernel_(make_job(memory_, batch), index, block % 2);
}
const char* train::target() const noexcept { return tenon::target_name<HWY_TARGETS>(); }

}  // namespace emitted::perceptron
#endif  // HWY_ONCE
