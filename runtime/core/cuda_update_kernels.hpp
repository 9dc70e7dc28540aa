// The kernels of an optimizer's step on a GPU: the formulas of optimizer_rules-inl.h and
// penalties-inl.h on scalars, and norms in double in a fixed order. A launch works on up to 48
// parameters, whose places and settings travel with it: nothing has to lie on the device before.
#pragma once
#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "runtime/core/cuda_team.hpp"
#include "runtime/core/emitted.hpp"
#include "runtime/core/step.hpp"

namespace tenon::cuda::update_detail {

#define TENON_INLINE __device__ inline
#include "runtime/core/optimizer_rules-inl.h"
#include "runtime/core/penalties-inl.h"
#undef TENON_INLINE

// The arithmetic of the rules, as `lanes` of arithmetic-inl.h: fused where mul_add is written.
struct scalars {
  using number = float;
  __device__ static float set(float x) { return x; }
  __device__ static float add(float a, float b) { return __fadd_rn(a, b); }
  __device__ static float sub(float a, float b) { return __fsub_rn(a, b); }
  __device__ static float mul(float a, float b) { return __fmul_rn(a, b); }
  __device__ static float mul_add(float a, float b, float c) { return fmaf(a, b, c); }
  __device__ static float div(float a, float b) { return a / b; }
  __device__ static float root(float a) { return sqrtf(a); }
  __device__ static float abs(float a) { return fabsf(a); }
  __device__ static float max(float a, float b) { return b < a ? a : b; }
  __device__ static float limit(float x, float low, float high) {
    return x < low ? low : x > high ? high : x;
  }
  __device__ static float sign(float x) { return x == 0 ? 0.0F : copysignf(1.0F, x); }
};

inline constexpr unsigned warps = 8;                         // of a group
inline constexpr unsigned group_floats = 4 * warps * block;  // that a group works on

// One parameter, and the first group that works on it.
struct piece {
  std::size_t offset, floats;
  unsigned rows, row, stride;
  unsigned group;
  parameter_step step;
};

// What one launch works on. Groups and pieces are counted over all launches of a pass.
struct batch {
  static constexpr unsigned most = 48;  // 4 KB of arguments with a rule beside it
  unsigned count = 0, groups = 0, first_group = 0, first_piece = 0;
  piece pieces[most];

  __device__ unsigned piece_of(unsigned group) const {
    unsigned low = 0, high = count;  // the last one whose first group is not above
    while (high - low > 1) {
      const unsigned middle = (low + high) / 2;
      (pieces[middle].group <= group ? low : high) = middle;
    }
    return low;
  }
  __device__ unsigned groups_of(unsigned i) const {
    return (i + 1 < count ? pieces[i + 1].group : groups) - pieces[i].group;
  }
};

// Calls f(i) for the floats of a piece that are this thread's, by their places in the image.
template <class F>
__device__ inline void for_each_of_group(const piece& p, F f) {
  const std::size_t first = std::size_t{blockIdx.x - p.group} * group_floats;
  const unsigned thread = threadIdx.y * block + threadIdx.x;
  for (unsigned i = thread; i < group_floats; i += warps * block) {
    if (first + i < p.floats) f(p.offset + first + i);
  }
}

__device__ inline double square(float v) { return static_cast<double>(v) * static_cast<double>(v); }

__device__ inline double add_lanes(double v) {
  for (int apart = 16; apart > 0; apart /= 2) v += __shfl_xor_sync(all_lanes, v, apart);
  return v;
}

// Every thread gets the sum over its group, by one tree; `warp_sums` [warps] is shared.
__device__ inline double add_group(double v, double* warp_sums) {
  v = add_lanes(v);
  __syncthreads();  // what was read of an earlier sum
  if (threadIdx.x == 0) warp_sums[threadIdx.y] = v;
  __syncthreads();
  double sum = 0;
  for (unsigned w = 0; w < warps; ++w) sum += warp_sums[w];
  return sum;
}

// sums[group] = sum of the squares that a group works on.
template <int = 0>
__global__ void square_sums(const __grid_constant__ batch b, const float* x, double* sums) {
  __shared__ double warp_sums[warps];
  double sum = 0;
  for_each_of_group(b.pieces[b.piece_of(blockIdx.x)], [&](std::size_t i) { sum += square(x[i]); });
  sum = add_group(sum, warp_sums);
  if (threadIdx.x + threadIdx.y == 0) sums[b.first_group + blockIdx.x] = sum;
}

__device__ inline double add_range(const double* sums, unsigned count, double* warp_sums) {
  double sum = 0;
  for (unsigned i = threadIdx.y * block + threadIdx.x; i < count; i += warps * block)
    sum += sums[i];
  return add_group(sum, warp_sums);
}

// norms[piece] = root of the sums of its groups: a group per piece.
template <int = 0>
__global__ void norms_of_pieces(const __grid_constant__ batch b, const double* sums,
                                double* norms) {
  __shared__ double warp_sums[warps];
  const double sum = add_range(sums + b.first_group + b.pieces[blockIdx.x].group,
                               b.groups_of(blockIdx.x), warp_sums);
  if (threadIdx.x + threadIdx.y == 0) norms[b.first_piece + blockIdx.x] = sqrt(sum);
}

// What all gradients are multiplied with, as norm_factor of step-inl.h.
template <int = 0>
__global__ void norm_factor(const double* sums, unsigned count, float clip, float* factor) {
  __shared__ double warp_sums[warps];
  const double sum = add_range(sums, count, warp_sums);
  if (threadIdx.x + threadIdx.y != 0) return;
  const double wanted = static_cast<double>(clip) / (sqrt(sum) + 1e-6);
  *factor = wanted < 1 ? static_cast<float>(wanted) : sum != sum ? static_cast<float>(sum) : 1.0F;
}

// Norm of n floats, in every lane of the warp.
__device__ inline double norm_of_warp(const float* x, unsigned n) {
  double sum = 0;
  for (unsigned i = threadIdx.x; i < n; i += block) sum += square(x[i]);
  return sqrt(add_lanes(sum));
}

__device__ inline void scale_by_warp(float* x, unsigned n, float factor) {
  for (unsigned i = threadIdx.x; i < n; i += block) x[i] *= factor;
}

// The row of this warp: where it begins, and whether there is one.
__device__ inline bool row_of_warp(const piece& p, std::size_t& at) {
  const unsigned r = (blockIdx.x - p.group) * warps + threadIdx.y;
  at = p.offset + std::size_t{r} * p.stride;
  return r < p.rows;
}

// Each unit's gradient to `clip` times the norm of its weights, as clip_units of step-inl.h.
template <int = 0>
__global__ void clip_units(const __grid_constant__ batch b, float clip, update_memory m) {
  const piece& p = b.pieces[b.piece_of(blockIdx.x)];
  std::size_t at;
  if (!row_of_warp(p, at)) return;
  const double most = static_cast<double>(clip) * fmax(norm_of_warp(m.image + at, p.row), 1e-3);
  const double now = norm_of_warp(m.gradient + at, p.row);
  if (now > most) scale_by_warp(m.gradient + at, p.row, static_cast<float>(most / fmax(now, 1e-6)));
}

// One fused step: clipping, penalties, the optimizer, decay. `factor` may be null: 1.
template <class Rule>
__global__ void step(const __grid_constant__ batch b, Rule rule, const float* factor,
                     update_memory m) {
  const scalars a;
  const piece& p = b.pieces[b.piece_of(blockIdx.x)];
  const float scale = factor == nullptr ? 1.0F : *factor, rate = rule.rate * p.step.rate;
  for_each_of_group(p, [&](std::size_t i) {
    const float w = m.image[i], g = penalized(a, p.step, scale, m.gradient[i], w);
    float one = m.first[i], two = Rule::slots > 1 ? m.second[i] : 0.0F;
    const float next = stepped(a, rule, rate, p.step.shrink, g, w, one, two);
    m.first[i] = one;
    if (Rule::slots > 1) m.second[i] = two;
    m.image[i] = proximal(a, p.step.threshold, next);
  });
}

// lamb where a parameter decays: the direction in place of the gradient, and the square sums of
// both.
template <int = 0>
__global__ void trusted_direction(const __grid_constant__ batch b, lamb_rule<float> rule,
                                  const float* factor, update_memory m, double* weights,
                                  double* directions) {
  __shared__ double warp_sums[warps];
  const scalars a;
  const piece& p = b.pieces[b.piece_of(blockIdx.x)];
  const float scale = factor == nullptr ? 1.0F : *factor;
  rule.decay = p.step.lamb_decay;
  double of_weights = 0, of_directions = 0;
  for_each_of_group(p, [&](std::size_t i) {
    const float w = m.image[i], g = penalized(a, p.step, scale, m.gradient[i], w);
    const float x = rule.direction(a, g, w, m.first[i], m.second[i]);
    m.gradient[i] = x;
    of_weights += square(w), of_directions += square(x);
  });
  of_weights = add_group(of_weights, warp_sums);
  of_directions = add_group(of_directions, warp_sums);
  if (threadIdx.x + threadIdx.y != 0) return;
  weights[b.first_group + blockIdx.x] = of_weights;
  directions[b.first_group + blockIdx.x] = of_directions;
}

template <int = 0>
__global__ void trusted_step(const __grid_constant__ batch b, float rule_rate, update_memory m,
                             const double* weight_norms, const double* direction_norms) {
  const scalars a;
  const unsigned i_piece = b.piece_of(blockIdx.x);
  const piece& p = b.pieces[i_piece];
  const double w = weight_norms[b.first_piece + i_piece],
               x = direction_norms[b.first_piece + i_piece];
  const double trust = w > 0 && x > 0 ? w / x : 1;
  const auto rate = static_cast<float>(-trust * static_cast<double>(rule_rate * p.step.rate));
  for_each_of_group(p, [&](std::size_t i) {
    m.image[i] = proximal(a, p.step.threshold, fmaf(rate, m.gradient[i], m.image[i]));
  });
}

// The float below the quotient, as limit_norm of step-inl.h.
__device__ inline float onto_ball(float most, double now) {
  return static_cast<float>(static_cast<double>(most) / now * (1 - 0x1p-23));
}

template <int = 0>
__global__ void limit_units(const __grid_constant__ batch b, float* image) {
  const piece& p = b.pieces[b.piece_of(blockIdx.x)];
  std::size_t at;
  if (!row_of_warp(p, at)) return;
  const double now = norm_of_warp(image + at, p.row);
  if (now > static_cast<double>(p.step.max_norm))
    scale_by_warp(image + at, p.row, onto_ball(p.step.max_norm, now));
}

template <int = 0>
__global__ void limit_layers(const __grid_constant__ batch b, const double* norms, float* image) {
  const unsigned i_piece = b.piece_of(blockIdx.x);
  const piece& p = b.pieces[i_piece];
  const double now = norms[b.first_piece + i_piece];
  if (!(now > static_cast<double>(p.step.max_norm))) return;
  const float factor = onto_ball(p.step.max_norm, now);
  for_each_of_group(p, [&](std::size_t i) { image[i] *= factor; });
}

}  // namespace tenon::cuda::update_detail
