// convolution, CUDA. Written by tenon 0.1.0 from golden.hpp; do not edit: change the network and
// build again.
//
// Lane = sample: samples lie innermost, 32 to a block: [channels][height][width][32], so that a
// warp reads and writes whole lines of memory whatever the shape, and weights are the same for all
// of its lanes. Batches hold up to 32 samples, 1 blocks, all in flight at once. Sums over samples
// end in a fixed order, without atomics: two runs give the same bits. A call is one launch of a
// graph that was captured at opening.
#include <cuda_runtime.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <utility>

#include <tenon/cuda.hpp>

#include "emitted/convolution_cuda.hpp"

namespace emitted::convolution::cuda {

// ---- eval
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
// batch_norm_1 folded into conv2d_1.
// dropout_1 dropped: an identity in this mode.
namespace eval_kernels {
namespace {

using tenon::cuda::queue;

// batch_norm_1_scale: scale[i] = weight[i] / sqrt(running_var[i] + 1e-05)
// weight [4], running_var [4], scale [4].
__device__ __forceinline__ void batch_norm_1_scale(const float* __restrict__ weight,
    const float* __restrict__ running_var, float* __restrict__ scale, const tenon::cuda::team& t) {
  for (unsigned element = t.thread; element < 4; element += t.threads) {
    const unsigned i = element;
    scale[i] = (weight[i] / sqrtf((running_var[i] + 1e-05f)));
  }
}
__global__ void __launch_bounds__(256)
batch_norm_1_scale_on_grid(const tenon::cuda::call*, const float* weight, const float* running_var,
    float* scale) {
  batch_norm_1_scale(weight, running_var, scale, tenon::cuda::team::of_all());
}

// batch_norm_1_shift: shift[i] = bias[i] - running_mean[i] * scale[i]
// bias [4], running_mean [4], scale [4], shift [4].
__device__ __forceinline__ void batch_norm_1_shift(const float* __restrict__ bias,
    const float* __restrict__ running_mean, const float* __restrict__ scale,
    float* __restrict__ shift, const tenon::cuda::team& t) {
  for (unsigned element = t.thread; element < 4; element += t.threads) {
    const unsigned i = element;
    shift[i] = fmaf(-running_mean[i], scale[i], bias[i]);
  }
}
__global__ void __launch_bounds__(256)
batch_norm_1_shift_on_grid(const tenon::cuda::call*, const float* bias, const float* running_mean,
    const float* scale, float* shift) {
  batch_norm_1_shift(bias, running_mean, scale, shift, tenon::cuda::team::of_all());
}

// conv2d_1_folded_weight: folded_weight[g, c, i, j] = weight[g, c, i, j] * scale[g]
// weight [4][32], scale [4], folded_weight [4][32].
__device__ __forceinline__ void conv2d_1_folded_weight(const float* __restrict__ weight,
    const float* __restrict__ scale, float* __restrict__ folded_weight,
    const tenon::cuda::team& t) {
  for (unsigned element = t.thread; element < 72; element += t.threads) {
    const unsigned c = element / 18;
    const unsigned i = element % 18;
    folded_weight[c * 32 + i] = (weight[c * 32 + i] * scale[c]);
  }
}
__global__ void __launch_bounds__(256)
conv2d_1_folded_weight_on_grid(const tenon::cuda::call*, const float* weight, const float* scale,
    float* folded_weight) {
  conv2d_1_folded_weight(weight, scale, folded_weight, tenon::cuda::team::of_all());
}

// conv2d_1: y[c, i, j] = max(shift[c] + sum over k, u, v of folded_weight[c, k, u, v] * x[k, i + u
//     - 1, j + v - 1], 0)
// shift [4], folded_weight [4][32], x [2][10][10][32], y [4][8][8][32].   Tile of a warp: 1; 256 of
//     them. About 48 registers: 5 groups to a multiprocessor.
// 9,216 FLOP per sample.   batch_norm_1 folded in, relu_1 fused.
__device__ __forceinline__ void conv2d_1(const float* __restrict__ shift,
    const float* __restrict__ folded_weight, const float* __restrict__ x, float* __restrict__ y,
    const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  for (unsigned tile = t.warp; tile < 256; tile += t.warps) {
    const unsigned c = tile / 64;
    const unsigned i = tile / 8 % 8;
    const unsigned j = tile % 8;
    float sum = 0.0f;
    for (unsigned k = 0; k < 2; ++k) {
      // taps in the halo add nothing
      const unsigned u_begin = i < 1u ? 1 - i : 0, u_end = min(3u, 9 - i);
      for (unsigned u = u_begin; u < u_end; ++u) {
        for (unsigned v = 0; v < 3; ++v) {
          const float folded_weight0 = folded_weight[c * 32 + k * 9 + u * 3 + v];
          const float x0 = x[i * 320 + j * 32 + k * 3200 + u * 320 + v * 32 + b];
          sum = fmaf(folded_weight0, x0, sum);
        }
      }
    }
    const float shift0 = shift[c];
    y[c * 2080 + i * 256 + j * 32 + b] = tenon::cuda::larger((shift0 + sum), 0.0f);
  }
}
__device__ __forceinline__ void conv2d_1_on_grid(const tenon::cuda::call* call, const float* shift,
    const float* folded_weight, const float* x, size_t x_step, float* y, size_t y_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  conv2d_1(shift, folded_weight, x + block * x_step, y + block * y_step,
      tenon::cuda::team::of_grid());
}

// max_pool_1: y[c, i, j] = maximum over k, u of x[c, 2 i + k, 2 j + u]
// x [4][8][8][32], y [4][4][4][32].   Tile of a warp: 1; 64 of them. About 48 registers: 5 groups
//     to a multiprocessor.
__device__ __forceinline__ void max_pool_1(const float* __restrict__ x, float* __restrict__ y,
    const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  for (unsigned tile = t.warp; tile < 64; tile += t.warps) {
    const unsigned c = tile / 16;
    const unsigned i = tile / 4 % 4;
    const unsigned j = tile % 4;
    float sum = -std::numeric_limits<float>::infinity();
    for (unsigned k = 0; k < 2; ++k) {
      for (unsigned u = 0; u < 2; ++u) {
        const float x0 = x[c * 2080 + i * 512 + j * 64 + k * 256 + u * 32 + b];
        sum = tenon::cuda::larger(sum, x0);
      }
    }
    y[c * 512 + i * 128 + j * 32 + b] = sum;
  }
}
__device__ __forceinline__ void max_pool_1_on_grid(const tenon::cuda::call* call, const float* x,
    size_t x_step, float* y, size_t y_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  max_pool_1(x + block * x_step, y + block * y_step, tenon::cuda::team::of_grid());
}

// linear_1: y[i] = bias[i] + sum over k, u, v of weight[i, 16 k + 4 u + v] * x[k, u, v]
// bias [3], weight [3][64], x [4][4][4][32], y [3][32].   Tile of a warp: 1; 3 of them. About 48
//     registers: 5 groups to a multiprocessor.
// 384 FLOP per sample.
__device__ __forceinline__ void linear_1(const float* __restrict__ bias,
    const float* __restrict__ weight, const float* __restrict__ x, float* __restrict__ y,
    const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  for (unsigned tile = t.warp; tile < 3; tile += t.warps) {
    const unsigned i = tile;
    float sum = 0.0f;
    #pragma unroll 8
    for (unsigned k = 0; k < 64; ++k) {
      const float weight0 = weight[i * 64 + k];
      const float x0 = x[k * 32 + b];
      sum = fmaf(weight0, x0, sum);
    }
    const float bias0 = bias[i];
    y[i * 32 + b] = (bias0 + sum);
  }
}
__device__ __forceinline__ void linear_1_on_grid(const tenon::cuda::call* call, const float* bias,
    const float* weight, const float* x, size_t x_step, float* y, size_t y_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  linear_1(bias, weight, x + block * x_step, y + block * y_step, tenon::cuda::team::of_grid());
}

// softmax_cross_entropy_1_maximum: maximum = maximum over k of x[k]
// x [3][32], maximum [32].   Tile of a warp: 1; 1 of them. About 48 registers: 5 groups to a
//     multiprocessor.
__device__ __forceinline__ void softmax_cross_entropy_1_maximum(const float* __restrict__ x,
    float* __restrict__ maximum, const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  if (t.warp == 0) {
    float sum = -std::numeric_limits<float>::infinity();
    for (unsigned k = 0; k < 3; ++k) {
      const float x0 = x[k * 32 + b];
      sum = tenon::cuda::larger(sum, x0);
    }
    maximum[0 + b] = sum;
  }
}
__device__ __forceinline__ void softmax_cross_entropy_1_maximum_on_grid(const tenon::cuda::call* call, const float* x, size_t x_step, float* maximum, size_t maximum_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  softmax_cross_entropy_1_maximum(x + block * x_step, maximum + block * maximum_step,
      tenon::cuda::team::of_grid());
}

// softmax_cross_entropy_1_total: total = sum over k of exp(x[k] - maximum)
// x [3][32], maximum [32], total [32].   Tile of a warp: 1; 1 of them. About 48 registers: 5 groups
//     to a multiprocessor.
__device__ __forceinline__ void softmax_cross_entropy_1_total(const float* __restrict__ x,
    const float* __restrict__ maximum, float* __restrict__ total, const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  if (t.warp == 0) {
    float sum = 0.0f;
    for (unsigned k = 0; k < 3; ++k) {
      const float maximum0 = maximum[0 + b];
      const float x0 = x[k * 32 + b];
      sum += expf((x0 - maximum0));
    }
    total[0 + b] = sum;
  }
}
__device__ __forceinline__ void softmax_cross_entropy_1_total_on_grid(const tenon::cuda::call* call,
    const float* x, size_t x_step, const float* maximum, size_t maximum_step, float* total,
    size_t total_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  softmax_cross_entropy_1_total(x + block * x_step, maximum + block * maximum_step,
      total + block * total_step, tenon::cuda::team::of_grid());
}

// softmax_cross_entropy_1_probabilities: probabilities[i] = exp(x[i] - maximum) / total
// x [3][32], maximum [32], total [32], probabilities [3][32].   Tile of a warp: 1; 3 of them. About
//     48 registers: 5 groups to a multiprocessor.
__device__ __forceinline__ void softmax_cross_entropy_1_probabilities(const float* __restrict__ x,
    const float* __restrict__ maximum, const float* __restrict__ total,
    float* __restrict__ probabilities, const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  for (unsigned tile = t.warp; tile < 3; tile += t.warps) {
    const unsigned i = tile;
    const float total0 = total[0 + b];
    const float maximum0 = maximum[0 + b];
    const float x0 = x[i * 32 + b];
    probabilities[i * 32 + b] = (expf((x0 - maximum0)) / total0);
  }
}
__device__ __forceinline__ void softmax_cross_entropy_1_probabilities_on_grid(const tenon::cuda::call* call, const float* x, size_t x_step, const float* maximum, size_t maximum_step, const float* total, size_t total_step, float* probabilities, size_t probabilities_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  softmax_cross_entropy_1_probabilities(x + block * x_step, maximum + block * maximum_step,
      total + block * total_step, probabilities + block * probabilities_step,
      tenon::cuda::team::of_grid());
}

// Where everything lies on the device.
struct job {
  float* declared;  // parameters and buffers
  float* prepared;  // from them, once: what is folded
  float* batch;   // once per batch
  float* sums;    // 0 floats per part: sums over its samples
  float* memory;  // 14720 floats per block: what it needs within a phase
  float* blocks;  // 0 floats per block: what outlives a phase
  float *x, *target, *weights, *y;  // rows of samples that came from the host
  tenon::cuda::call* call;
  float* scratch;
};

[[maybe_unused]] job job_in(float* m) {
  return {m, m + 448, m + 832, m + 832, m + 832, m + 15552, m + 15552, m + 0, m + 0, m + 19648,
      reinterpret_cast<tenon::cuda::call*>(m + 19776), m + 19840};
}

// From the parameters as training has them to what the kernels read: once, at opening.
void prepare([[maybe_unused]] queue& q, [[maybe_unused]] const job& j) {
  q.run(batch_norm_1_scale_on_grid, {1, 1}, 8, 0, j.call, j.declared + 320, j.declared + 384,
      j.prepared + 352);
  q.run(batch_norm_1_shift_on_grid, {1, 1}, 8, 0, j.call, j.declared + 336, j.declared + 368,
      j.prepared + 352, j.prepared + 208);
  q.run(conv2d_1_folded_weight_on_grid, {1, 1}, 8, 0, j.call, j.declared, j.prepared + 352,
      j.prepared + 224);
}

// A batch through the network in one kernel: a group of 8 warps for each block of samples.
__global__ void __launch_bounds__(256)
run_together(const job j, bool probabilities) {
  tenon::cuda::here::load_samples(j.call, j.memory + 8320 + 352, 14720,
      tenon::cuda::shape{2, 8, 8, 1, 1, 1, 1, 3200, 320});
  __syncthreads();
  conv2d_1_on_grid(j.call, j.prepared + 208, j.prepared + 224, j.memory + 8320, 14720, j.memory,
      14720);
  __syncthreads();
  max_pool_1_on_grid(j.call, j.memory, 14720, j.memory + 8320, 14720);
  __syncthreads();
  linear_1_on_grid(j.call, j.declared + 352, j.declared + 128, j.memory + 8320, 14720, j.memory,
      14720);
  if (!probabilities) {
    __syncthreads();
    tenon::cuda::here::store_samples(j.call, j.memory, 14720, tenon::cuda::shape{.width = 3});
    return;
  }
  __syncthreads();
  softmax_cross_entropy_1_maximum_on_grid(j.call, j.memory, 14720, j.memory + 192, 14720);
  __syncthreads();
  softmax_cross_entropy_1_total_on_grid(j.call, j.memory, 14720, j.memory + 192, 14720,
      j.memory + 224, 14720);
  __syncthreads();
  softmax_cross_entropy_1_probabilities_on_grid(j.call, j.memory, 14720, j.memory + 192, 14720,
      j.memory + 224, 14720, j.memory + 96, 14720);
  __syncthreads();
  tenon::cuda::here::store_samples(j.call, j.memory + 96, 14720, tenon::cuda::shape{.width = 3});
}
void run(queue& q, const job& j, bool probabilities) {
  q.run(run_together, {1, 1}, 8, 0, j, probabilities);
}

}  // namespace
}  // namespace eval_kernels

namespace {

// What can be known to be wrong before anything runs.
error check_memory(std::span<std::byte> arena, std::size_t bytes) {
  if (const error e = tenon::cuda::check_device(); e != error::none) return e;
  if (arena.size() < bytes) return error::arena_too_small;
  if (!tenon::is_aligned(arena.data(), 256)) return error::arena_misaligned;
  return tenon::cuda::check_pointer(arena.data(), true);
}

}  // namespace

struct eval::state {
  float* memory = nullptr;
  stream in = nullptr;
  tenon::cuda::graph outputs, probabilities;
};

eval::eval() noexcept = default;
eval::~eval() = default;
eval::eval(eval&&) noexcept = default;
eval& eval::operator=(eval&&) noexcept = default;

error eval::open(std::span<std::byte> arena, std::span<const float> image, stream s) noexcept {
  if (const error e = check_memory(arena, arena_bytes); e != error::none) return e;
  if (image.size() != image_floats) return error::weights_wrong_size;
  std::unique_ptr<state> made(new (std::nothrow) state);
  if (!made) return error::device_out_of_memory;
  made->memory = reinterpret_cast<float*>(arena.data()), made->in = s;
  using namespace eval_kernels;
  const job j = job_in(made->memory);
  queue q(s);
  q.clear(j.declared, arena_bytes / sizeof(float));
  q.copy(j.declared, image.data(), image.size_bytes());
  prepare(q, j);
  q.wait();
  if (q.failed() != cudaSuccess) return tenon::cuda::of(q.failed());
  const auto capture = [&](tenon::cuda::graph& g, bool probabilities) {
    return g.capture(j.call, [&](queue& to) { eval_kernels::run(to, j, probabilities); });
  };
  if (const cudaError_t e = capture(made->outputs, false); e != cudaSuccess)
    return tenon::cuda::of(e);
  if (const cudaError_t e = capture(made->probabilities, true); e != cudaSuccess)
    return tenon::cuda::of(e);
  state_ = std::move(made);
  return error::none;
}

error eval::call(const float* x, std::size_t n, float* y, bool probabilities,
                 bool on_device) noexcept {
  for (const void* p : {static_cast<const void*>(x), static_cast<const void*>(y)}) {
    if (const error e = tenon::cuda::check_pointer(p, on_device); e != error::none) return e;
  }
  const eval_kernels::job j = eval_kernels::job_in(state_->memory);
  const tenon::cuda::graph& graph = probabilities ? state_->probabilities : state_->outputs;
  eval_kernels::queue q(state_->in);
  for (std::size_t first = 0; first < n; first += batch) {
    const std::size_t now = std::min<std::size_t>(n - first, batch);
    tenon::cuda::call c{.x = x + first * 128, .y = y + first * 3,
                        .n = static_cast<unsigned>(now), .batch_size = static_cast<float>(now)};
    if (!on_device) {
      q.copy(j.x, c.x, now * 128 * sizeof(float));
      c.x = j.x, c.y = j.y;
    }
    q.launch(graph, c);
    if (!on_device) q.copy(y + first * 3, j.y, now * 3 * sizeof(float));
  }
  if (!on_device) q.wait();
  return tenon::cuda::of(q.failed());
}

error eval::run(const float* x, std::size_t n, float* y) noexcept {
  return call(x, n, y, false, false);
}
error eval::probabilities(const float* x, std::size_t n, float* p) noexcept {
  return call(x, n, p, true, false);
}
error eval::run_on_device(const float* x, std::size_t n, float* y) noexcept {
  return call(x, n, y, false, true);
}
error eval::probabilities_on_device(const float* x, std::size_t n, float* p) noexcept {
  return call(x, n, p, true, true);
}

// ---- train
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
namespace train_kernels {
namespace {

using tenon::cuda::queue;

// conv2d_1: y[c, i, j] = sum over k, u, v of weight[c, k, u, v] * x[k, i + u - 1, j + v - 1]
// weight [4][32], x [2][10][10][32], y [4][8][8][32].   Tile of a warp: 1; 256 of them. About 48
//     registers: 5 groups to a multiprocessor.
// 9,216 FLOP per sample.
__device__ __forceinline__ void conv2d_1(const float* __restrict__ weight,
    const float* __restrict__ x, float* __restrict__ y, const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  for (unsigned tile = t.warp; tile < 256; tile += t.warps) {
    const unsigned c = tile / 64;
    const unsigned i = tile / 8 % 8;
    const unsigned j = tile % 8;
    float sum = 0.0f;
    for (unsigned k = 0; k < 2; ++k) {
      // taps in the halo add nothing
      const unsigned u_begin = i < 1u ? 1 - i : 0, u_end = min(3u, 9 - i);
      for (unsigned u = u_begin; u < u_end; ++u) {
        for (unsigned v = 0; v < 3; ++v) {
          const float weight0 = weight[c * 32 + k * 9 + u * 3 + v];
          const float x0 = x[i * 320 + j * 32 + k * 3200 + u * 320 + v * 32 + b];
          sum = fmaf(weight0, x0, sum);
        }
      }
    }
    y[c * 2080 + i * 256 + j * 32 + b] = sum;
  }
}
__device__ __forceinline__ void conv2d_1_on_grid(const tenon::cuda::call* call, const float* weight,
    const float* x, size_t x_step, float* y, size_t y_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  conv2d_1(weight, x + block * x_step, y + block * y_step, tenon::cuda::team::of_grid());
}

// batch_norm_1_sum_part: sum_part[i] += sum over samples of sum over k, u of x[i, k, u]
// x [4][8][8][32], sum_part [4].   Tile of a group: 1; 4 of them. About 48 registers, 32 bytes of
//     shared memory: 5 groups to a multiprocessor.
__device__ __forceinline__ void batch_norm_1_sum_part(const float* __restrict__ x, size_t x_step,
    float* __restrict__ sum_part, const tenon::cuda::call& call, unsigned first, unsigned last,
    const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  float* const sums = tenon::cuda::shared_memory();  // [1][warps of the group]
  for (unsigned tile = t.group; tile < 4; tile += t.groups) {
    const unsigned i = tile;
    float sum = 0.0f;
    for (unsigned block = first; block < last; ++block) {
      const float* const x_block = x + block * x_step;
      const bool alive = block * 32 + b < call.n;
      #pragma unroll 8
      for (unsigned k = t.warp_in_group; k < 64; k += t.warps_in_group) {
        const float x0 = x_block[i * 2080 + k * 32 + b];
        sum += (alive ? x0 : 0.0f);
      }
    }
    t.meet();  // the sums before are not needed any more
    tenon::cuda::keep_sum_of_lanes(sum, sums, 0, t);
    t.meet();
    for (unsigned e = t.thread_in_group; e < 1; e += t.threads_in_group) {
      const float total = tenon::cuda::sum_of_warps(sums + e * t.warps_in_group, t.warps_in_group);
      sum_part[i] = total;
    }
  }
}
__device__ __forceinline__ void batch_norm_1_sum_part_on_grid(const tenon::cuda::call* call,
    const float* x, size_t x_step, float* sum_part, size_t sum_part_step) {
  const unsigned part = tenon::cuda::index_y(), blocks = call->blocks();
  if (part >= call->parts) return;
  batch_norm_1_sum_part(x, x_step, sum_part + part * sum_part_step, *call,
      part * blocks / call->parts, (part + 1) * blocks / call->parts, tenon::cuda::team::of_grid());
}

// batch_norm_1_sum: mean[i] = sum_part[i] / (n * 64)
// sum_part [4], mean [4].
// batch_norm_1_mean fused.
__device__ __forceinline__ void batch_norm_1_sum(const float* __restrict__ sum_part,
    float* __restrict__ mean, size_t part_step, const tenon::cuda::call& call,
    const tenon::cuda::team& t) {
  for (unsigned element = t.thread; element < 4; element += t.threads) {
    const unsigned i = element;
    mean[i] = (tenon::cuda::sum_over_parts(sum_part + i, call.parts, part_step) /
        (call.batch_size * 64.0f));
  }
}
__device__ __forceinline__ void batch_norm_1_sum_on_grid(const tenon::cuda::call* call,
    const float* sum_part, float* mean, size_t part_step) {
  batch_norm_1_sum(sum_part, mean, part_step, *call, tenon::cuda::team::of_all());
}

// batch_norm_1_squares_part: squares_part[i] += sum over samples of sum over k, u of (x[i, k, u] -
//     mean[i]) * (x[i, k, u] - mean[i])
// x [4][8][8][32], mean [4], squares_part [4].   Tile of a group: 1; 4 of them. About 48 registers,
//     32 bytes of shared memory: 5 groups to a multiprocessor.
__device__ __forceinline__ void batch_norm_1_squares_part(const float* __restrict__ x,
    size_t x_step, const float* __restrict__ mean, float* __restrict__ squares_part,
    const tenon::cuda::call& call, unsigned first, unsigned last, const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  float* const sums = tenon::cuda::shared_memory();  // [1][warps of the group]
  for (unsigned tile = t.group; tile < 4; tile += t.groups) {
    const unsigned i = tile;
    float sum = 0.0f;
    for (unsigned block = first; block < last; ++block) {
      const float* const x_block = x + block * x_step;
      const bool alive = block * 32 + b < call.n;
      #pragma unroll 8
      for (unsigned k = t.warp_in_group; k < 64; k += t.warps_in_group) {
        const float mean0 = mean[i];
        const float x0 = x_block[i * 2080 + k * 32 + b];
        sum += (alive ? ((x0 - mean0) * (x0 - mean0)) : 0.0f);
      }
    }
    t.meet();  // the sums before are not needed any more
    tenon::cuda::keep_sum_of_lanes(sum, sums, 0, t);
    t.meet();
    for (unsigned e = t.thread_in_group; e < 1; e += t.threads_in_group) {
      const float total = tenon::cuda::sum_of_warps(sums + e * t.warps_in_group, t.warps_in_group);
      squares_part[i] = total;
    }
  }
}
__device__ __forceinline__ void batch_norm_1_squares_part_on_grid(const tenon::cuda::call* call,
    const float* x, size_t x_step, const float* mean, float* squares_part,
    size_t squares_part_step) {
  const unsigned part = tenon::cuda::index_y(), blocks = call->blocks();
  if (part >= call->parts) return;
  batch_norm_1_squares_part(x, x_step, mean, squares_part + part * squares_part_step, *call,
      part * blocks / call->parts, (part + 1) * blocks / call->parts, tenon::cuda::team::of_grid());
}

// batch_norm_1_rstd: rstd[i] = 1 / sqrt(squares[i] / (n * 64) + 1e-05)
// squares [4], rstd [4].
__device__ __forceinline__ void batch_norm_1_rstd(const float* __restrict__ squares,
    float* __restrict__ rstd, const tenon::cuda::call& call, const tenon::cuda::team& t) {
  for (unsigned element = t.thread; element < 4; element += t.threads) {
    const unsigned i = element;
    rstd[i] = (1.0f / sqrtf(((squares[i] / (call.batch_size * 64.0f)) + 1e-05f)));
  }
}
__device__ __forceinline__ void batch_norm_1_rstd_on_grid(const tenon::cuda::call* call,
    const float* squares, float* rstd) {
  batch_norm_1_rstd(squares, rstd, *call, tenon::cuda::team::of_all());
}

// batch_norm_1: y[c, i, j] = max((x[c, i, j] - mean[c]) * rstd[c] * weight[c] + bias[c], 0)
// x [4][8][8][32], mean [4], rstd [4], weight [4], bias [4], y [4][8][8][32].   Tile of a warp: 1;
//     256 of them. About 48 registers: 5 groups to a multiprocessor.
// relu_1 fused.
__device__ __forceinline__ void batch_norm_1(const float* __restrict__ x,
    const float* __restrict__ mean, const float* __restrict__ rstd,
    const float* __restrict__ weight, const float* __restrict__ bias, float* __restrict__ y,
    const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  for (unsigned tile = t.warp; tile < 256; tile += t.warps) {
    const unsigned c = tile / 64;
    const unsigned i = tile % 64;
    const float bias0 = bias[c];
    const float mean0 = mean[c];
    const float x0 = x[c * 2080 + i * 32 + b];
    const float weight0 = weight[c];
    const float rstd0 = rstd[c];
    y[c * 2080 + i * 32 + b] =
        tenon::cuda::larger(fmaf((x0 - mean0), (rstd0 * weight0), bias0), 0.0f);
  }
}
__device__ __forceinline__ void batch_norm_1_on_grid(const tenon::cuda::call* call, const float* x,
    size_t x_step, const float* mean, const float* rstd, const float* weight, const float* bias,
    float* y, size_t y_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  batch_norm_1(x + block * x_step, mean, rstd, weight, bias, y + block * y_step,
      tenon::cuda::team::of_grid());
}

// dropout_1_mask: mask[i] = (0.6 > uniform() ? 1.66667 : 0)
// mask [64][32].   Tile of a warp: 1; 64 of them. About 48 registers: 5 groups to a multiprocessor.
__device__ __forceinline__ void dropout_1_mask(float* __restrict__ mask,
    const tenon::cuda::call& call, unsigned block, const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  for (unsigned tile = t.warp; tile < 64; tile += t.warps) {
    const unsigned i = tile;
    mask[i * 32 + b] = ((0.6f > tenon::cuda::uniform(call.seed, 6, call.step,
        call.first_sample + block * 32 + b, i)) ? 1.6666666f : 0.0f);
  }
}
__device__ __forceinline__ void dropout_1_mask_on_grid(const tenon::cuda::call* call, float* mask,
    size_t mask_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  dropout_1_mask(mask + block * mask_step, *call, block, tenon::cuda::team::of_grid());
}

// max_pool_1: y[16 c + 4 i + j] = (maximum over k, u of x[c, 2 i + k, 2 j + u]) * mask[16 c + 4 i +
//     j]
// x [4][8][8][32], mask [64][32], y [64][32].   Tile of a warp: 1; 64 of them. About 48 registers:
//     5 groups to a multiprocessor.
// dropout_1 fused.
__device__ __forceinline__ void max_pool_1(const float* __restrict__ x,
    const float* __restrict__ mask, float* __restrict__ y, const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  for (unsigned tile = t.warp; tile < 64; tile += t.warps) {
    const unsigned c = tile / 16;
    const unsigned i = tile / 4 % 4;
    const unsigned j = tile % 4;
    float sum = -std::numeric_limits<float>::infinity();
    for (unsigned k = 0; k < 2; ++k) {
      for (unsigned u = 0; u < 2; ++u) {
        const float x0 = x[c * 2080 + i * 512 + j * 64 + k * 256 + u * 32 + b];
        sum = tenon::cuda::larger(sum, x0);
      }
    }
    const float mask0 = mask[c * 512 + i * 128 + j * 32 + b];
    y[c * 512 + i * 128 + j * 32 + b] = (sum * mask0);
  }
}
__device__ __forceinline__ void max_pool_1_on_grid(const tenon::cuda::call* call, const float* x,
    size_t x_step, const float* mask, size_t mask_step, float* y, size_t y_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  max_pool_1(x + block * x_step, mask + block * mask_step, y + block * y_step,
      tenon::cuda::team::of_grid());
}

// linear_1: y[i] = bias[i] + sum over k of weight[i, k] * x[k]
// bias [3], weight [3][64], x [64][32], y [3][32].   Tile of a warp: 1; 3 of them. About 48
//     registers: 5 groups to a multiprocessor.
// 384 FLOP per sample.
__device__ __forceinline__ void linear_1(const float* __restrict__ bias,
    const float* __restrict__ weight, const float* __restrict__ x, float* __restrict__ y,
    const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  for (unsigned tile = t.warp; tile < 3; tile += t.warps) {
    const unsigned i = tile;
    float sum = 0.0f;
    #pragma unroll 8
    for (unsigned k = 0; k < 64; ++k) {
      const float weight0 = weight[i * 64 + k];
      const float x0 = x[k * 32 + b];
      sum = fmaf(weight0, x0, sum);
    }
    const float bias0 = bias[i];
    y[i * 32 + b] = (bias0 + sum);
  }
}
__device__ __forceinline__ void linear_1_on_grid(const tenon::cuda::call* call, const float* bias,
    const float* weight, const float* x, size_t x_step, float* y, size_t y_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  linear_1(bias, weight, x + block * x_step, y + block * y_step, tenon::cuda::team::of_grid());
}

// softmax_cross_entropy_1_maximum: maximum = maximum over k of x[k]
// x [3][32], maximum [32].   Tile of a warp: 1; 1 of them. About 48 registers: 5 groups to a
//     multiprocessor.
__device__ __forceinline__ void softmax_cross_entropy_1_maximum(const float* __restrict__ x,
    float* __restrict__ maximum, const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  if (t.warp == 0) {
    float sum = -std::numeric_limits<float>::infinity();
    for (unsigned k = 0; k < 3; ++k) {
      const float x0 = x[k * 32 + b];
      sum = tenon::cuda::larger(sum, x0);
    }
    maximum[0 + b] = sum;
  }
}
__device__ __forceinline__ void softmax_cross_entropy_1_maximum_on_grid(const tenon::cuda::call* call, const float* x, size_t x_step, float* maximum, size_t maximum_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  softmax_cross_entropy_1_maximum(x + block * x_step, maximum + block * maximum_step,
      tenon::cuda::team::of_grid());
}

// softmax_cross_entropy_1_total: total = sum over k of exp(x[k] - maximum)
// x [3][32], maximum [32], total [32].   Tile of a warp: 1; 1 of them. About 48 registers: 5 groups
//     to a multiprocessor.
__device__ __forceinline__ void softmax_cross_entropy_1_total(const float* __restrict__ x,
    const float* __restrict__ maximum, float* __restrict__ total, const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  if (t.warp == 0) {
    float sum = 0.0f;
    for (unsigned k = 0; k < 3; ++k) {
      const float maximum0 = maximum[0 + b];
      const float x0 = x[k * 32 + b];
      sum += expf((x0 - maximum0));
    }
    total[0 + b] = sum;
  }
}
__device__ __forceinline__ void softmax_cross_entropy_1_total_on_grid(const tenon::cuda::call* call,
    const float* x, size_t x_step, const float* maximum, size_t maximum_step, float* total,
    size_t total_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  softmax_cross_entropy_1_total(x + block * x_step, maximum + block * maximum_step,
      total + block * total_step, tenon::cuda::team::of_grid());
}

// softmax_cross_entropy_1_sum_of_sample: sum_of_sample = log(total) - (sum over k of (k == target ?
//     1 : 0) * (x[k] - maximum))
// total [32], target [32], x [3][32], maximum [32], sum_of_sample [32].   Tile of a warp: 1; 1 of
//     them. About 48 registers: 5 groups to a multiprocessor.
__device__ __forceinline__ void softmax_cross_entropy_1_sum_of_sample(const float* __restrict__ total, const float* __restrict__ target, const float* __restrict__ x, const float* __restrict__ maximum, float* __restrict__ sum_of_sample, const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  if (t.warp == 0) {
    float sum = 0.0f;
    for (unsigned k = 0; k < 3; ++k) {
      const float target0 = target[0 + b];
      const float maximum0 = maximum[0 + b];
      const float x0 = x[k * 32 + b];
      sum = fmaf(((static_cast<float>(k) == target0) ? 1.0f : 0.0f), (x0 - maximum0), sum);
    }
    const float total0 = total[0 + b];
    sum_of_sample[0 + b] = (logf(total0) - sum);
  }
}
__device__ __forceinline__ void softmax_cross_entropy_1_sum_of_sample_on_grid(const tenon::cuda::call* call, const float* total, size_t total_step, const float* target, size_t target_step, const float* x, size_t x_step, const float* maximum, size_t maximum_step, float* sum_of_sample, size_t sum_of_sample_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  softmax_cross_entropy_1_sum_of_sample(total + block * total_step, target + block * target_step,
      x + block * x_step, maximum + block * maximum_step,
      sum_of_sample + block * sum_of_sample_step, tenon::cuda::team::of_grid());
}

// softmax_cross_entropy_1_sum_part: sum_part += sum over samples of sum_of_sample
// sum_of_sample [32], sum_part [1].   Tile of a group: 1; 1 of them. About 48 registers, 32 bytes
//     of shared memory: 5 groups to a multiprocessor.
__device__ __forceinline__ void softmax_cross_entropy_1_sum_part(const float* __restrict__ sum_of_sample, size_t sum_of_sample_step, float* __restrict__ sum_part, const tenon::cuda::call& call, unsigned first, unsigned last, const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  float* const sums = tenon::cuda::shared_memory();  // [1][warps of the group]
  if (t.group == 0) {
    float sum = 0.0f;
    for (unsigned block = first + t.warp_in_group; block < last; block += t.warps_in_group) {
      const float* const sum_of_sample_block = sum_of_sample + block * sum_of_sample_step;
      const bool alive = block * 32 + b < call.n;
      const float sum_of_sample0 = sum_of_sample_block[0 + b];
      sum += (alive ? sum_of_sample0 : 0.0f);
    }
    t.meet();  // the sums before are not needed any more
    tenon::cuda::keep_sum_of_lanes(sum, sums, 0, t);
    t.meet();
    for (unsigned e = t.thread_in_group; e < 1; e += t.threads_in_group) {
      const float total = tenon::cuda::sum_of_warps(sums + e * t.warps_in_group, t.warps_in_group);
      sum_part[0] = total;
    }
  }
}
__device__ __forceinline__ void softmax_cross_entropy_1_sum_part_on_grid(const tenon::cuda::call* call, const float* sum_of_sample, size_t sum_of_sample_step, float* sum_part, size_t sum_part_step) {
  const unsigned part = tenon::cuda::index_y(), blocks = call->blocks();
  if (part >= call->parts) return;
  softmax_cross_entropy_1_sum_part(sum_of_sample, sum_of_sample_step,
      sum_part + part * sum_part_step, *call, part * blocks / call->parts,
      (part + 1) * blocks / call->parts, tenon::cuda::team::of_grid());
}

// softmax_cross_entropy_1_gradient: d_x[i] = (exp(x[i] - maximum) / total - (i == target ? 1 : 0))
//     / n
// x [3][32], maximum [32], total [32], target [32], d_x [3][32].   Tile of a warp: 1; 3 of them.
//     About 48 registers: 5 groups to a multiprocessor.
__device__ __forceinline__ void softmax_cross_entropy_1_gradient(const float* __restrict__ x,
    const float* __restrict__ maximum, const float* __restrict__ total,
    const float* __restrict__ target, float* __restrict__ d_x, const tenon::cuda::call& call,
    unsigned block, const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  const bool alive = block * 32 + b < call.n;
  for (unsigned tile = t.warp; tile < 3; tile += t.warps) {
    const unsigned i = tile;
    const float target0 = target[0 + b];
    const float total0 = total[0 + b];
    const float maximum0 = maximum[0 + b];
    const float x0 = x[i * 32 + b];
    d_x[i * 32 + b] = (alive ? (((expf((x0 - maximum0)) / total0) -
        ((static_cast<float>(i) == target0) ? 1.0f : 0.0f)) / call.batch_size) : 0.0f);
  }
}
__device__ __forceinline__ void softmax_cross_entropy_1_gradient_on_grid(const tenon::cuda::call* call, const float* x, size_t x_step, const float* maximum, size_t maximum_step, const float* total, size_t total_step, const float* target, size_t target_step, float* d_x, size_t d_x_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  softmax_cross_entropy_1_gradient(x + block * x_step, maximum + block * maximum_step,
      total + block * total_step, target + block * target_step, d_x + block * d_x_step, *call,
      block, tenon::cuda::team::of_grid());
}

// linear_1_input_gradient: d_x[i] = sum over k of d_y[k] * weight[k, i]
// d_y [3][32], weight [3][64], d_x [64][32].   Tile of a warp: 1; 64 of them. About 48 registers: 5
//     groups to a multiprocessor.
// 384 FLOP per sample.
__device__ __forceinline__ void linear_1_input_gradient(const float* __restrict__ d_y,
    const float* __restrict__ weight, float* __restrict__ d_x, const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  for (unsigned tile = t.warp; tile < 64; tile += t.warps) {
    const unsigned i = tile;
    float sum = 0.0f;
    for (unsigned k = 0; k < 3; ++k) {
      const float d_y0 = d_y[k * 32 + b];
      const float weight0 = weight[i + k * 64];
      sum = fmaf(d_y0, weight0, sum);
    }
    d_x[i * 32 + b] = sum;
  }
}
__device__ __forceinline__ void linear_1_input_gradient_on_grid(const tenon::cuda::call* call,
    const float* d_y, size_t d_y_step, const float* weight, float* d_x, size_t d_x_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  linear_1_input_gradient(d_y + block * d_y_step, weight, d_x + block * d_x_step,
      tenon::cuda::team::of_grid());
}

// linear_1_weight_gradient: d_weight[c, i] += sum over samples of d_y[c] * x_transposed[i]
// d_y [3][32], x_transposed [32][64], d_weight [3][64].   A warp sums 3 rows x 32 columns.
// 384 FLOP per sample.
__device__ __forceinline__ void linear_1_weight_gradient(const float* __restrict__ d_y,
    size_t d_y_step, const float* __restrict__ x_transposed, size_t x_transposed_step,
    float* __restrict__ d_weight, unsigned first, unsigned last, const tenon::cuda::team& t) {
  for (unsigned tile = t.warp; tile < 2; tile += t.warps) {
    constexpr unsigned c = 0;
    const unsigned column = tile % 2 * 32 + t.lane, at = min(column, 63u);
    float sum0 = 0.0f;
    float sum1 = 0.0f;
    float sum2 = 0.0f;
    for (unsigned block = first; block < last; ++block) {
      const float* const d_y_block = d_y + block * d_y_step;
      const float* const x_transposed_block = x_transposed + block * x_transposed_step + at;
      for (unsigned s = 0; s < 32; ++s) {
        const float x0 = x_transposed_block[s * 64];
        sum0 = fmaf(d_y_block[c * 32 + s], x0, sum0);
        sum1 = fmaf(d_y_block[c * 32 + 32 + s], x0, sum1);
        sum2 = fmaf(d_y_block[c * 32 + 64 + s], x0, sum2);
      }
    }
    if (column < 64) {
      d_weight[c * 64 + column] = sum0;
      d_weight[c * 64 + 64 + column] = sum1;
      d_weight[c * 64 + 128 + column] = sum2;
    }
  }
}
__device__ __forceinline__ void linear_1_weight_gradient_on_grid(const tenon::cuda::call* call,
    const float* d_y, size_t d_y_step, const float* x_transposed, size_t x_transposed_step,
    float* d_weight, size_t d_weight_step) {
  const unsigned part = tenon::cuda::index_y(), blocks = call->blocks();
  if (part >= call->parts) return;
  linear_1_weight_gradient(d_y, d_y_step, x_transposed, x_transposed_step,
      d_weight + part * d_weight_step, part * blocks / call->parts,
      (part + 1) * blocks / call->parts, tenon::cuda::team::of_grid());
}

// linear_1_bias_gradient: d_bias[i] += sum over samples of d_y[i]
// d_y [3][32], d_bias [3].   Tile of a group: 1; 3 of them. About 48 registers, 32 bytes of shared
//     memory: 5 groups to a multiprocessor.
__device__ __forceinline__ void linear_1_bias_gradient(const float* __restrict__ d_y,
    size_t d_y_step, float* __restrict__ d_bias, unsigned first, unsigned last,
    const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  float* const sums = tenon::cuda::shared_memory();  // [1][warps of the group]
  for (unsigned tile = t.group; tile < 3; tile += t.groups) {
    const unsigned i = tile;
    float sum = 0.0f;
    for (unsigned block = first + t.warp_in_group; block < last; block += t.warps_in_group) {
      const float* const d_y_block = d_y + block * d_y_step;
      const float d_y0 = d_y_block[i * 32 + b];
      sum += d_y0;
    }
    t.meet();  // the sums before are not needed any more
    tenon::cuda::keep_sum_of_lanes(sum, sums, 0, t);
    t.meet();
    for (unsigned e = t.thread_in_group; e < 1; e += t.threads_in_group) {
      const float total = tenon::cuda::sum_of_warps(sums + e * t.warps_in_group, t.warps_in_group);
      d_bias[i] = total;
    }
  }
}
__device__ __forceinline__ void linear_1_bias_gradient_on_grid(const tenon::cuda::call* call,
    const float* d_y, size_t d_y_step, float* d_bias, size_t d_bias_step) {
  const unsigned part = tenon::cuda::index_y(), blocks = call->blocks();
  if (part >= call->parts) return;
  linear_1_bias_gradient(d_y, d_y_step, d_bias + part * d_bias_step, part * blocks / call->parts,
      (part + 1) * blocks / call->parts, tenon::cuda::team::of_grid());
}

// dropout_1_gradient: d_x[c, i, j] = d_y[16 c + 4 i + j] * mask[16 c + 4 i + j]
// d_y [64][32], mask [64][32], d_x [4][4][4][32].   Tile of a warp: 1; 64 of them. About 48
//     registers: 5 groups to a multiprocessor.
__device__ __forceinline__ void dropout_1_gradient(const float* __restrict__ d_y,
    const float* __restrict__ mask, float* __restrict__ d_x, const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  for (unsigned tile = t.warp; tile < 64; tile += t.warps) {
    const unsigned i = tile;
    const float mask0 = mask[i * 32 + b];
    const float d_y0 = d_y[i * 32 + b];
    d_x[i * 32 + b] = (d_y0 * mask0);
  }
}
__device__ __forceinline__ void dropout_1_gradient_on_grid(const tenon::cuda::call* call,
    const float* d_y, size_t d_y_step, const float* mask, size_t mask_step, float* d_x,
    size_t d_x_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  dropout_1_gradient(d_y + block * d_y_step, mask + block * mask_step, d_x + block * d_x_step,
      tenon::cuda::team::of_grid());
}

// max_pool_1_first_maximum: first[c, i, j] = place of the first maximum over k, u of x[c, 2 i + k,
//     2 j + u]
// x [4][8][8][32], first [4][4][4][32].   Tile of a warp: 1; 64 of them. About 48 registers: 5
//     groups to a multiprocessor.
__device__ __forceinline__ void max_pool_1_first_maximum(const float* __restrict__ x,
    float* __restrict__ first, const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  for (unsigned tile = t.warp; tile < 64; tile += t.warps) {
    const unsigned c = tile / 16;
    const unsigned i = tile / 4 % 4;
    const unsigned j = tile % 4;
    float sum = -std::numeric_limits<float>::infinity();
    float sum_at = 0.0f;
    for (unsigned k = 0; k < 2; ++k) {
      for (unsigned u = 0; u < 2; ++u) {
        const float x0 = x[c * 2080 + i * 512 + j * 64 + k * 256 + u * 32 + b];
        if (x0 > sum) sum = x0, sum_at = static_cast<float>(k * 2 + u);
      }
    }
    first[c * 512 + i * 128 + j * 32 + b] = sum_at;
  }
}
__device__ __forceinline__ void max_pool_1_first_maximum_on_grid(const tenon::cuda::call* call,
    const float* x, size_t x_step, float* first, size_t first_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  max_pool_1_first_maximum(x + block * x_step, first + block * first_step,
      tenon::cuda::team::of_grid());
}

// max_pool_1_input_gradient: d_x[i0, 2 i1 + i2, 2 i3 + i4] = (x[i0, 2 i1 + i2, 2 i3 + i4] > 0 ? (2
//     i2 + i4 == first[i0, i1, i3] ? d_y[i0, i1, i3] : 0) : 0)
// x [4][8][8][32], first [4][4][4][32], d_y [4][4][4][32], d_x [4][8][8][32].   Tile of a warp: 1;
//     256 of them. About 48 registers: 5 groups to a multiprocessor.
// relu_1_gradient fused.
__device__ __forceinline__ void max_pool_1_input_gradient(const float* __restrict__ x,
    const float* __restrict__ first, const float* __restrict__ d_y, float* __restrict__ d_x,
    const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  for (unsigned tile = t.warp; tile < 256; tile += t.warps) {
    const unsigned i0 = tile / 64;
    const unsigned i1 = tile / 16 % 4;
    const unsigned i2 = tile / 8 % 2;
    const unsigned i3 = tile / 2 % 4;
    const unsigned i4 = tile % 2;
    const float d_y0 = d_y[i0 * 512 + i1 * 128 + i3 * 32 + b];
    const float first0 = first[i0 * 512 + i1 * 128 + i3 * 32 + b];
    const float x0 = x[i0 * 2080 + i1 * 512 + i2 * 256 + i3 * 64 + i4 * 32 + b];
    d_x[i0 * 2080 + i1 * 512 + i2 * 256 + i3 * 64 + i4 * 32 + b] =
        ((x0 > 0.0f) ? ((static_cast<float>(i2 * 2 + i4) == first0) ? d_y0 : 0.0f) : 0.0f);
  }
}
__device__ __forceinline__ void max_pool_1_input_gradient_on_grid(const tenon::cuda::call* call,
    const float* x, size_t x_step, const float* first, size_t first_step, const float* d_y,
    size_t d_y_step, float* d_x, size_t d_x_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  max_pool_1_input_gradient(x + block * x_step, first + block * first_step, d_y + block * d_y_step,
      d_x + block * d_x_step, tenon::cuda::team::of_grid());
}

// batch_norm_1_gradient_d_weight_part: d_weight_part[i] += sum over samples of sum over k, u of
//     d_y[i, k, u] * (x[i, k, u] - mean[i]) * rstd[i]
// d_y [4][8][8][32], x [4][8][8][32], mean [4], rstd [4], d_weight_part [4].   Tile of a group: 1;
//     4 of them. About 48 registers, 32 bytes of shared memory: 5 groups to a multiprocessor.
__device__ __forceinline__ void batch_norm_1_gradient_d_weight_part(const float* __restrict__ d_y,
    size_t d_y_step, const float* __restrict__ x, size_t x_step, const float* __restrict__ mean,
    const float* __restrict__ rstd, float* __restrict__ d_weight_part,
    const tenon::cuda::call& call, unsigned first, unsigned last, const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  float* const sums = tenon::cuda::shared_memory();  // [1][warps of the group]
  for (unsigned tile = t.group; tile < 4; tile += t.groups) {
    const unsigned i = tile;
    float sum = 0.0f;
    for (unsigned block = first; block < last; ++block) {
      const float* const d_y_block = d_y + block * d_y_step;
      const float* const x_block = x + block * x_step;
      const bool alive = block * 32 + b < call.n;
      #pragma unroll 8
      for (unsigned k = t.warp_in_group; k < 64; k += t.warps_in_group) {
        const float rstd0 = rstd[i];
        const float mean0 = mean[i];
        const float x0 = x_block[i * 2080 + k * 32 + b];
        const float d_y0 = d_y_block[i * 2080 + k * 32 + b];
        sum += (alive ? (d_y0 * ((x0 - mean0) * rstd0)) : 0.0f);
      }
    }
    t.meet();  // the sums before are not needed any more
    tenon::cuda::keep_sum_of_lanes(sum, sums, 0, t);
    t.meet();
    for (unsigned e = t.thread_in_group; e < 1; e += t.threads_in_group) {
      const float total = tenon::cuda::sum_of_warps(sums + e * t.warps_in_group, t.warps_in_group);
      d_weight_part[i] = total;
    }
  }
}
__device__ __forceinline__ void batch_norm_1_gradient_d_weight_part_on_grid(const tenon::cuda::call* call, const float* d_y, size_t d_y_step, const float* x, size_t x_step, const float* mean, const float* rstd, float* d_weight_part, size_t d_weight_part_step) {
  const unsigned part = tenon::cuda::index_y(), blocks = call->blocks();
  if (part >= call->parts) return;
  batch_norm_1_gradient_d_weight_part(d_y, d_y_step, x, x_step, mean, rstd,
      d_weight_part + part * d_weight_part_step, *call, part * blocks / call->parts,
      (part + 1) * blocks / call->parts, tenon::cuda::team::of_grid());
}

// softmax_cross_entropy_1_sum: loss = sum_part / n
// sum_part [1], loss [1].
// softmax_cross_entropy_1_loss fused.
__device__ __forceinline__ void softmax_cross_entropy_1_sum(const float* __restrict__ sum_part,
    float* __restrict__ loss, size_t part_step, const tenon::cuda::call& call,
    const tenon::cuda::team& t) {
  for (unsigned element = t.thread; element < 1; element += t.threads) {
    loss[0] = (tenon::cuda::sum_over_parts(sum_part + 0, call.parts, part_step) / call.batch_size);
  }
}
__device__ __forceinline__ void softmax_cross_entropy_1_sum_on_grid(const tenon::cuda::call* call,
    const float* sum_part, float* loss, size_t part_step) {
  softmax_cross_entropy_1_sum(sum_part, loss, part_step, *call, tenon::cuda::team::of_all());
}

// batch_norm_1_gradient: d_x[c, i, j] = weight[c] * rstd[c] * (d_y[c, i, j] - (d_bias[c] + (x[c, i,
//     j] - mean[c]) * rstd[c] * d_weight[c]) / (n * 64))
// weight [4], rstd [4], d_y [4][8][8][32], d_bias [4], x [4][8][8][32], mean [4], d_weight [4], d_x
//     [4][8][8][32].   Tile of a warp: 1; 256 of them. About 48 registers: 5 groups to a
//     multiprocessor.
__device__ __forceinline__ void batch_norm_1_gradient(const float* __restrict__ weight,
    const float* __restrict__ rstd, const float* __restrict__ d_y, const float* __restrict__ d_bias,
    const float* __restrict__ x, const float* __restrict__ mean, const float* __restrict__ d_weight,
    float* __restrict__ d_x, const tenon::cuda::call& call, unsigned block,
    const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  const bool alive = block * 32 + b < call.n;
  for (unsigned tile = t.warp; tile < 256; tile += t.warps) {
    const unsigned c = tile / 64;
    const unsigned i = tile % 64;
    const float d_bias0 = d_bias[c];
    const float rstd0 = rstd[c];
    const float mean0 = mean[c];
    const float x0 = x[c * 2080 + i * 32 + b];
    const float d_weight0 = d_weight[c];
    const float d_y0 = d_y[c * 2080 + i * 32 + b];
    const float weight0 = weight[c];
    d_x[c * 2080 + i * 32 + b] = (alive ? ((weight0 * rstd0) *
        (d_y0 - (fmaf(((x0 - mean0) * rstd0), d_weight0, d_bias0) / (call.batch_size * 64.0f))))
        : 0.0f);
  }
}
__device__ __forceinline__ void batch_norm_1_gradient_on_grid(const tenon::cuda::call* call,
    const float* weight, const float* rstd, const float* d_y, size_t d_y_step, const float* d_bias,
    const float* x, size_t x_step, const float* mean, const float* d_weight, float* d_x,
    size_t d_x_step) {
  const unsigned block = tenon::cuda::index_y();
  if (block >= call->blocks()) return;
  batch_norm_1_gradient(weight, rstd, d_y + block * d_y_step, d_bias, x + block * x_step, mean,
      d_weight, d_x + block * d_x_step, *call, block, tenon::cuda::team::of_grid());
}

// conv2d_1_weight_gradient: d_weight[g, c, i, j] += sum over samples of sum over k, u of d_y[g, k,
//     u] * x[c, i + k - 1, j + u - 1]
// d_y [4][8][8][32], x [2][10][10][32], d_weight [4][32].   Tile of a group: 1 x (3 x 3); 8 of
//     them. About 64 registers, 288 bytes of shared memory: 4 groups to a multiprocessor.
// 9,216 FLOP per sample.
__device__ __forceinline__ void conv2d_1_weight_gradient(const float* __restrict__ d_y,
    size_t d_y_step, const float* __restrict__ x, size_t x_step, float* __restrict__ d_weight,
    unsigned first, unsigned last, const tenon::cuda::team& t) {
  const unsigned b = t.lane;
  float* const sums = tenon::cuda::shared_memory();  // [9][warps of the group]
  for (unsigned tile = t.group; tile < 8; tile += t.groups) {
    const unsigned g = tile / 2;
    const unsigned c = tile % 2;
    constexpr unsigned i = 0;
    constexpr unsigned j = 0;
    float sum0_0 = 0.0f;
    float sum0_1 = 0.0f;
    float sum0_2 = 0.0f;
    float sum0_3 = 0.0f;
    float sum0_4 = 0.0f;
    float sum0_5 = 0.0f;
    float sum0_6 = 0.0f;
    float sum0_7 = 0.0f;
    float sum0_8 = 0.0f;
    for (unsigned block = first; block < last; ++block) {
      const float* const d_y_block = d_y + block * d_y_step;
      const float* const x_block = x + block * x_step;
      for (unsigned k = t.warp_in_group; k < 8; k += t.warps_in_group) {
        #pragma unroll 7
        for (unsigned u = 0; u < 8; ++u) {
          const float d_y0 = d_y_block[g * 2080 + k * 256 + u * 32 + b];
          const float x0 = x_block[c * 3200 + i * 320 + j * 32 + k * 320 + u * 32 + b];
          sum0_0 = fmaf(d_y0, x0, sum0_0);
          const float x1 = x_block[c * 3200 + i * 320 + j * 32 + k * 320 + u * 32 + 32 + b];
          sum0_1 = fmaf(d_y0, x1, sum0_1);
          const float x2 = x_block[c * 3200 + i * 320 + j * 32 + k * 320 + u * 32 + 64 + b];
          sum0_2 = fmaf(d_y0, x2, sum0_2);
          const float x3 = x_block[c * 3200 + i * 320 + j * 32 + k * 320 + u * 32 + 320 + b];
          sum0_3 = fmaf(d_y0, x3, sum0_3);
          const float x4 = x_block[c * 3200 + i * 320 + j * 32 + k * 320 + u * 32 + 352 + b];
          sum0_4 = fmaf(d_y0, x4, sum0_4);
          const float x5 = x_block[c * 3200 + i * 320 + j * 32 + k * 320 + u * 32 + 384 + b];
          sum0_5 = fmaf(d_y0, x5, sum0_5);
          const float x6 = x_block[c * 3200 + i * 320 + j * 32 + k * 320 + u * 32 + 640 + b];
          sum0_6 = fmaf(d_y0, x6, sum0_6);
          const float x7 = x_block[c * 3200 + i * 320 + j * 32 + k * 320 + u * 32 + 672 + b];
          sum0_7 = fmaf(d_y0, x7, sum0_7);
          const float x8 = x_block[c * 3200 + i * 320 + j * 32 + k * 320 + u * 32 + 704 + b];
          sum0_8 = fmaf(d_y0, x8, sum0_8);
        }
      }
    }
    t.meet();  // the sums before are not needed any more
    tenon::cuda::keep_sum_of_lanes(sum0_0, sums, 0, t);
    tenon::cuda::keep_sum_of_lanes(sum0_1, sums, 1, t);
    tenon::cuda::keep_sum_of_lanes(sum0_2, sums, 2, t);
    tenon::cuda::keep_sum_of_lanes(sum0_3, sums, 3, t);
    tenon::cuda::keep_sum_of_lanes(sum0_4, sums, 4, t);
    tenon::cuda::keep_sum_of_lanes(sum0_5, sums, 5, t);
    tenon::cuda::keep_sum_of_lanes(sum0_6, sums, 6, t);
    tenon::cuda::keep_sum_of_lanes(sum0_7, sums, 7, t);
    tenon::cuda::keep_sum_of_lanes(sum0_8, sums, 8, t);
    t.meet();
    for (unsigned e = t.thread_in_group; e < 9; e += t.threads_in_group) {
      const float total = tenon::cuda::sum_of_warps(sums + e * t.warps_in_group, t.warps_in_group);
      d_weight[g * 32 + c * 9 + (i + e / 3 % 3) * 3 + (j + e % 3)] = total;
    }
  }
}
__device__ __forceinline__ void conv2d_1_weight_gradient_on_grid(const tenon::cuda::call* call,
    const float* d_y, size_t d_y_step, const float* x, size_t x_step, float* d_weight,
    size_t d_weight_step) {
  const unsigned part = tenon::cuda::index_y(), blocks = call->blocks();
  if (part >= call->parts) return;
  conv2d_1_weight_gradient(d_y, d_y_step, x, x_step, d_weight + part * d_weight_step,
      part * blocks / call->parts, (part + 1) * blocks / call->parts, tenon::cuda::team::of_grid());
}

// batch_norm_1_running_mean_update: running_mean[i] = 0.9 * running_mean[i] + 0.1 * mean[i]
// mean [4], running_mean [4].
__device__ __forceinline__ void batch_norm_1_running_mean_update(const float* __restrict__ mean,
    float* __restrict__ running_mean, const tenon::cuda::team& t) {
  for (unsigned element = t.thread; element < 4; element += t.threads) {
    const unsigned i = element;
    running_mean[i] = fmaf(0.9f, running_mean[i], (0.1f * mean[i]));
  }
}
__device__ __forceinline__ void batch_norm_1_running_mean_update_on_grid(const tenon::cuda::call*,
    const float* mean, float* running_mean) {
  batch_norm_1_running_mean_update(mean, running_mean, tenon::cuda::team::of_all());
}

// batch_norm_1_running_var_update: running_var[i] = 0.9 * running_var[i] + 0.1 * squares[i] / (n *
//     64 - 1)
// squares [4], running_var [4].
__device__ __forceinline__ void batch_norm_1_running_var_update(const float* __restrict__ squares,
    float* __restrict__ running_var, const tenon::cuda::call& call, const tenon::cuda::team& t) {
  for (unsigned element = t.thread; element < 4; element += t.threads) {
    const unsigned i = element;
    running_var[i] =
        fmaf(0.9f, running_var[i], (0.1f * (squares[i] / fmaf(call.batch_size, 64.0f, -(1.0f)))));
  }
}
__device__ __forceinline__ void batch_norm_1_running_var_update_on_grid(const tenon::cuda::call* call, const float* squares, float* running_var) {
  batch_norm_1_running_var_update(squares, running_var, *call, tenon::cuda::team::of_all());
}

// Where everything lies on the device.
struct job {
  float* declared;  // parameters and buffers
  float* gradients;  // laid out so too
  float* state;      // of the optimizer, twice as many
  float* batch;   // once per batch
  float* sums;    // 416 floats per part: sums over its samples
  float* memory;  // 16608 floats per block: what it needs within a phase
  float* blocks;  // 23136 floats per block: what outlives a phase
  float *x, *target, *weights, *y;  // rows of samples that came from the host
  tenon::cuda::call* call;
  float* scratch;
};

[[maybe_unused]] job job_in(float* m) {
  return {m, m + 448, m + 832, m + 1600, m + 1664, m + 2112, m + 18752, m + 41920, m + 46016,
      m + 46080, m + 46080, reinterpret_cast<tenon::cuda::call*>(m + 46208), m + 46272};
}

// A batch through the network in one kernel: 64 groups of 8 warps for each block of samples.
__global__ void __launch_bounds__(256)
run_together(const job j, bool forward_only, [[maybe_unused]] bool renews) {
  tenon::cuda::here::load_samples(j.call, j.blocks + 16640 + 352, 23136,
      tenon::cuda::shape{2, 8, 8, 1, 1, 1, 1, 3200, 320});
  if (!forward_only) {
    tenon::cuda::here::load_classes(j.call, j.blocks + 8320, 23136);
  }
  tenon::cuda::meet_all();
  conv2d_1_on_grid(j.call, j.declared, j.blocks + 16640, 23136, j.blocks, 23136);
  tenon::cuda::meet_all();
  batch_norm_1_sum_part_on_grid(j.call, j.blocks, 23136, j.sums, 416);
  tenon::cuda::meet_all();
  batch_norm_1_sum_on_grid(j.call, j.sums, j.batch, 416);
  tenon::cuda::meet_all();
  batch_norm_1_squares_part_on_grid(j.call, j.blocks, 23136, j.batch, j.sums + 16, 416);
  tenon::cuda::meet_all();
  tenon::cuda::here::add_parts(j.call, j.sums + 16, 416, 16, j.batch + 16);
  tenon::cuda::meet_all();
  batch_norm_1_rstd_on_grid(j.call, j.batch + 16, j.batch + 32);
  tenon::cuda::meet_all();
  batch_norm_1_on_grid(j.call, j.blocks, 23136, j.batch, j.batch + 32, j.declared + 320,
      j.declared + 336, j.memory, 16608);
  dropout_1_mask_on_grid(j.call, j.memory + 8320, 16608);
  tenon::cuda::meet_all();
  max_pool_1_on_grid(j.call, j.memory, 16608, j.memory + 8320, 16608, j.memory + 10368, 16608);
  tenon::cuda::meet_all();
  linear_1_on_grid(j.call, j.declared + 352, j.declared + 128, j.memory + 10368, 16608,
      j.blocks + 23040, 23136);
  if (!forward_only) {
    tenon::cuda::meet_all();
    softmax_cross_entropy_1_maximum_on_grid(j.call, j.blocks + 23040, 23136, j.memory + 12416,
        16608);
    tenon::cuda::meet_all();
    softmax_cross_entropy_1_total_on_grid(j.call, j.blocks + 23040, 23136, j.memory + 12416, 16608,
        j.memory + 12448, 16608);
    tenon::cuda::meet_all();
    softmax_cross_entropy_1_sum_of_sample_on_grid(j.call, j.memory + 12448, 16608, j.blocks + 8320,
        23136, j.blocks + 23040, 23136, j.memory + 12416, 16608, j.memory + 12480, 16608);
    tenon::cuda::meet_all();
    softmax_cross_entropy_1_sum_part_on_grid(j.call, j.memory + 12480, 16608, j.sums + 32, 416);
    softmax_cross_entropy_1_gradient_on_grid(j.call, j.blocks + 23040, 23136, j.memory + 12416,
        16608, j.memory + 12448, 16608, j.blocks + 8320, 23136, j.memory + 16512, 16608);
    tenon::cuda::meet_all();
    linear_1_input_gradient_on_grid(j.call, j.memory + 16512, 16608, j.declared + 128,
        j.memory + 12416, 16608);
    tenon::cuda::here::transpose_to_rows(j.call, j.memory + 10368, 16608, 64, j.memory + 14464,
        16608, 64);
    tenon::cuda::meet_all();
    linear_1_weight_gradient_on_grid(j.call, j.memory + 16512, 16608, j.memory + 14464, 16608,
        j.sums + 48, 416);
    linear_1_bias_gradient_on_grid(j.call, j.memory + 16512, 16608, j.sums + 240, 416);
    dropout_1_gradient_on_grid(j.call, j.memory + 12416, 16608, j.memory + 8320, 16608,
        j.memory + 10368, 16608);
    tenon::cuda::meet_all();
    max_pool_1_first_maximum_on_grid(j.call, j.memory, 16608, j.memory + 8320, 16608);
    tenon::cuda::meet_all();
    max_pool_1_input_gradient_on_grid(j.call, j.memory, 16608, j.memory + 8320, 16608,
        j.memory + 10368, 16608, j.blocks + 8320, 23136);
    tenon::cuda::meet_all();
    batch_norm_1_sum_part_on_grid(j.call, j.blocks + 8320, 23136, j.sums + 256, 416);
    __syncthreads();  // both use shared memory
    batch_norm_1_gradient_d_weight_part_on_grid(j.call, j.blocks + 8320, 23136, j.blocks, 23136,
        j.batch, j.batch + 32, j.sums + 272, 416);
    softmax_cross_entropy_1_sum_on_grid(j.call, j.sums + 32, j.batch + 48, 416);
    tenon::cuda::here::add_parts(j.call, j.sums + 48, 416, 192, j.gradients + 128);
    tenon::cuda::here::add_parts(j.call, j.sums + 240, 416, 16, j.gradients + 352);
    tenon::cuda::meet_all();
    tenon::cuda::here::add_parts(j.call, j.sums + 256, 416, 16, j.gradients + 336);
    tenon::cuda::here::add_parts(j.call, j.sums + 272, 416, 16, j.gradients + 320);
    tenon::cuda::meet_all();
    batch_norm_1_gradient_on_grid(j.call, j.declared + 320, j.batch + 32, j.blocks + 8320, 23136,
        j.gradients + 336, j.blocks, 23136, j.batch, j.gradients + 320, j.memory, 16608);
    tenon::cuda::meet_all();
    conv2d_1_weight_gradient_on_grid(j.call, j.memory, 16608, j.blocks + 16640, 23136, j.sums + 288,
        416);
    tenon::cuda::meet_all();
    tenon::cuda::here::add_parts(j.call, j.sums + 288, 416, 128, j.gradients);
  }
  if (renews) {
    batch_norm_1_running_mean_update_on_grid(j.call, j.batch, j.declared + 368);
    batch_norm_1_running_var_update_on_grid(j.call, j.batch + 16, j.declared + 384);
  }
}
void run(queue& q, const job& j, bool forward_only, [[maybe_unused]] bool renews) {
  q.run_together(run_together, {64, 1}, 8, 288, j, forward_only, renews);
}

// The outputs of the last call, back to rows of samples.
void store_outputs(queue& q, const job& j) {
  q.run(tenon::cuda::store_samples<>, {1, 1}, 4, 0, j.call, j.blocks + 23040, 23136,
      tenon::cuda::shape{.width = 3});
}

}  // namespace
}  // namespace train_kernels

namespace train_kernels {
namespace {

// Offset, floats with padding, rows, floats of a row, stride, whether it decays.
constexpr tenon::parameter_place places[] = {
  {0, 128, 4, 18, 32, true},  // conv2d_1.weight
  {320, 16, 1, 4, 16, false},  // batch_norm_1.weight
  {336, 16, 1, 4, 16, false},  // batch_norm_1.bias
  {128, 192, 3, 64, 64, true},  // linear_1.weight
  {352, 16, 1, 3, 16, false},  // linear_1.bias
};
static_assert(tenon::cuda::updater::scratch_bytes(std::size(places), 368) <= 256);

}  // namespace
}  // namespace train_kernels

struct train::state {
  float* memory = nullptr;
  stream in = nullptr;
  std::size_t last_n = batch;
  tenon::cuda::graph gradients, forward, statistics, outputs;
};

train::train() noexcept = default;
train::~train() = default;
train::train(train&&) noexcept = default;
train& train::operator=(train&&) noexcept = default;

error train::open(std::span<std::byte> arena, stream s) noexcept {
  if (const error e = check_memory(arena, arena_bytes); e != error::none) return e;
  std::unique_ptr<state> made(new (std::nothrow) state);
  if (!made) return error::device_out_of_memory;
  made->memory = reinterpret_cast<float*>(arena.data()), made->in = s;
  using namespace train_kernels;
  const job j = job_in(made->memory);
  queue q(s);
  q.clear(j.declared, arena_bytes / sizeof(float));
  q.wait();
  const auto capture = [&](tenon::cuda::graph& g, auto what) {
    q.hold(q.failed() != cudaSuccess ? q.failed() : g.capture(j.call, what));
  };
  capture(made->gradients, [&](queue& to) { run(to, j, false, true); });
  capture(made->forward, [&](queue& to) { run(to, j, true, false); });
  capture(made->statistics, [&](queue& to) { run(to, j, true, true); });
  capture(made->outputs, [&](queue& to) { store_outputs(to, j); });
  if (q.failed() != cudaSuccess) return tenon::cuda::of(q.failed());
  state_ = std::move(made);
  return error::none;
}

static tenon::cuda::call call_of(std::size_t n, const settings& s) {
  const unsigned blocks = static_cast<unsigned>((n + 31) / 32);
  return {.n = static_cast<unsigned>(n), .parts = std::min(blocks, 1u),
          .batch_size = static_cast<float>(n), .first_sample = s.first_sample, .seed = s.seed,
          .step = s.step};
}

error train::set_image(std::span<const float> image) noexcept {
  train_kernels::queue q(state_->in);
  q.copy(state_->memory, image.data(), std::min(image.size(), image_floats) * sizeof(float));
  q.wait();
  return tenon::cuda::of(q.failed());
}
error train::get_image(std::span<float> image) noexcept {
  train_kernels::queue q(state_->in);
  q.copy(image.data(), state_->memory, std::min(image.size(), image_floats) * sizeof(float));
  q.wait();
  return tenon::cuda::of(q.failed());
}
error train::set_optimizer_state(std::span<const float> all) noexcept {
  train_kernels::queue q(state_->in);
  q.copy(train_kernels::job_in(state_->memory).state, all.data(),
         std::min(all.size(), optimizer_state_floats) * sizeof(float));
  q.wait();
  return tenon::cuda::of(q.failed());
}
error train::get_optimizer_state(std::span<float> all) noexcept {
  train_kernels::queue q(state_->in);
  q.copy(all.data(), train_kernels::job_in(state_->memory).state,
         std::min(all.size(), optimizer_state_floats) * sizeof(float));
  q.wait();
  return tenon::cuda::of(q.failed());
}
const float* train::image_on_device() const noexcept { return state_->memory; }

error train::gradients(const float* x, const target_type* target, std::size_t n,
                       const settings& s, float* loss) noexcept {
  const train_kernels::job j = train_kernels::job_in(state_->memory);
  if (const error e = tenon::cuda::check_pointer(x, false); e != error::none) return e;
  if (const error e = tenon::cuda::check_pointer(target, false); e != error::none) return e;
  train_kernels::queue q(state_->in);
  q.copy(j.x, x, n * 128 * sizeof(float));
  q.copy(j.target, target, n * 1 * sizeof(target_type));
  tenon::cuda::call c = call_of(n, s);
  c.x = j.x, c.target = j.target;
  static_cast<void>(j.weights);
  state_->last_n = n;
  q.launch(state_->gradients, c);
  if (loss != nullptr) {
    q.copy(loss, j.batch + 48, sizeof(float));
    q.wait();
  }
  return tenon::cuda::of(q.failed());
}

error train::gradients_on_device(const float* x, const target_type* target, std::size_t n,
                                 const settings& s, float* loss) noexcept {
  const train_kernels::job j = train_kernels::job_in(state_->memory);
  if (const error e = tenon::cuda::check_pointer(x, true); e != error::none) return e;
  if (const error e = tenon::cuda::check_pointer(target, true); e != error::none) return e;
  train_kernels::queue q(state_->in);
  tenon::cuda::call c = call_of(n, s);
  c.x = x, c.target = target, c.sample_weights = s.sample_weights;
  state_->last_n = n;
  q.launch(state_->gradients, c);
  if (loss != nullptr) q.copy(loss, j.batch + 48, sizeof(float));
  return tenon::cuda::of(q.failed());
}

error train::update(const settings& s) noexcept {
  const train_kernels::job j = train_kernels::job_in(state_->memory);
  return tenon::cuda::of(tenon::cuda::updater::run(state_->in, s, train_kernels::places,
      {j.gradients, j.state, j.state + 368, j.declared}, reinterpret_cast<std::byte*>(j.scratch)));
}

error train::step(const float* x, const target_type* target, std::size_t n, const settings& s,
                  float* loss) noexcept {
  const error e = gradients(x, target, n, s, loss);
  return e != error::none ? e : update(s);
}

error train::outputs(std::size_t n, float* y) noexcept {
  const train_kernels::job j = train_kernels::job_in(state_->memory);
  train_kernels::queue q(state_->in);
  tenon::cuda::call c = call_of(n, {});
  c.y = j.y;
  q.launch(state_->outputs, c);
  q.copy(y, j.y, n * 3 * sizeof(float));
  q.wait();
  return tenon::cuda::of(q.failed());
}

error train::forward(const float* x, std::size_t n, float* y, const settings& s) noexcept {
  const train_kernels::job j = train_kernels::job_in(state_->memory);
  if (const error e = tenon::cuda::check_pointer(x, false); e != error::none) return e;
  train_kernels::queue q(state_->in);
  q.copy(j.x, x, n * 128 * sizeof(float));
  tenon::cuda::call c = call_of(n, s);
  c.x = j.x;
  q.launch(state_->forward, c);
  return q.failed() != cudaSuccess ? tenon::cuda::of(q.failed()) : outputs(n, y);
}

error train::statistics(const float* x, std::size_t n, const settings& s) noexcept {
  const train_kernels::job j = train_kernels::job_in(state_->memory);
  if (const error e = tenon::cuda::check_pointer(x, false); e != error::none) return e;
  train_kernels::queue q(state_->in);
  q.copy(j.x, x, n * 128 * sizeof(float));
  tenon::cuda::call c = call_of(n, s);
  c.x = j.x;
  q.launch(state_->statistics, c);
  q.wait();
  return tenon::cuda::of(q.failed());
}

error train::gradient(std::span<float> image) noexcept {
  const std::size_t here = std::min<std::size_t>(image.size(), 368);
  std::fill(image.begin() + static_cast<std::ptrdiff_t>(here), image.end(), 0.0f);
  train_kernels::queue q(state_->in);
  q.copy(image.data(), train_kernels::job_in(state_->memory).gradients, here * sizeof(float));
  q.wait();
  return tenon::cuda::of(q.failed());
}
error train::set_gradient(std::span<const float> image) noexcept {
  const std::size_t here = std::min<std::size_t>(image.size(), 368);
  train_kernels::queue q(state_->in);
  q.copy(train_kernels::job_in(state_->memory).gradients, image.data(), here * sizeof(float));
  q.wait();
  return tenon::cuda::of(q.failed());
}

}  // namespace emitted::convolution::cuda
