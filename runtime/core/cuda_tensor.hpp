// What printed kernels call for: scalar maths, random numbers, sums in a fixed order, and the parts
// of a tensor that no kernel writes. No atomics: two runs give the same bits.
#pragma once
#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "runtime/core/call.hpp"
#include "runtime/core/cuda_team.hpp"
#include "runtime/core/random.hpp"

namespace tenon::cuda {

// b where one is NaN, as in the program's meaning.
__device__ inline float larger(float a, float b) { return a > b ? a : b; }
__device__ inline float smaller(float a, float b) { return a < b ? a : b; }

__device__ inline float sigmoid(float v) { return 1.0F / (1.0F + expf(-v)); }

// tenon::uniform: the same bits as on the CPU.
__device__ inline float uniform(std::uint64_t seed, unsigned stream, std::uint64_t step,
                                unsigned sample, unsigned element) {
  return tenon::uniform(seed, stream, step, sample, element);
}

// Every lane gets the sum of all 32, by the tree (i, i + 16), … (i, i + 1).
__device__ inline float sum_over_lanes(float v) {
  for (int apart = 16; apart > 0; apart /= 2) v += __shfl_xor_sync(all_lanes, v, apart);
  return v;
}

// The sum over a block's lanes, to be added to those of the group's other warps by sum_of_warps.
// sums: [...][warps of a group].
__device__ inline void keep_sum_of_lanes(float v, float* sums, unsigned index, const team& t) {
  v = sum_over_lanes(v);
  if (t.lane == 0) sums[index * t.warps_in_group + t.warp_in_group] = v;
}

__device__ inline float sum_of_warps(const float* sums, unsigned warps) {
  float sum = sums[0];
  for (unsigned w = 1; w < warps; ++w) sum += sums[w];
  return sum;
}

// One load; `from` is aligned to 16 bytes.
__device__ inline float4 four_at(const float* from) {
  return *reinterpret_cast<const float4*>(from);
}

// One element of a tensor that exists once per part: its parts added in order.
__device__ inline float sum_over_parts(const float* element, unsigned parts,
                                       std::size_t part_stride) {
  return tenon::sum_over_parts(element, parts, part_stride);
}

// Of a tensor of samples [channels][before_y + height + after_y][before_x + width + after_x][32];
// strides in floats, lanes included. Rank 1: channels alone; rank 2: channels and width.
struct shape {
  int channels = 1, height = 1, width = 1;
  int before_y = 0, after_y = 0, before_x = 0, after_x = 0;
  std::size_t channel_stride = 0, row_stride = 0;

  __host__ __device__ unsigned count() const {
    return static_cast<unsigned>(channels) * static_cast<unsigned>(height) *
           static_cast<unsigned>(width);
  }
  // From where the halo begins to the first element inside.
  __host__ __device__ std::size_t inside() const {
    return static_cast<unsigned>(before_y) * row_stride +
           std::size_t{static_cast<unsigned>(before_x)} * block;
  }
  // Of element `i` in row-major order, from the first one inside the halo.
  __host__ __device__ std::size_t offset(unsigned i) const {
    const auto h = static_cast<unsigned>(height), w = static_cast<unsigned>(width);
    return i / w / h * channel_stride + i / w % h * row_stride + std::size_t{i % w} * block;
  }
};

// `value` into the halo, and nothing else. `whole` is where the halo begins.
__device__ inline void clear_halo(float* whole, const shape& s, float value, const team& t) {
  if (s.before_y + s.after_y + s.before_x + s.after_x == 0) return;
  const int rows = s.before_y + s.height + s.after_y, width = s.before_x + s.width + s.after_x;
  const auto all = static_cast<unsigned>(s.channels) * static_cast<unsigned>(rows);
  for (unsigned i = t.warp; i < all; i += t.warps) {
    const unsigned c = i / static_cast<unsigned>(rows), y = i % static_cast<unsigned>(rows);
    const int inner = static_cast<int>(y) - s.before_y;
    const bool inside = inner >= 0 && inner < s.height;
    float* row = whole + c * s.channel_stride + y * s.row_stride + t.lane;
    for (int x = 0; x < width; ++x) {
      const bool skipped = inside && x >= s.before_x && x < s.before_x + s.width;
      if (!skipped) row[static_cast<unsigned>(x) * block] = value;
    }
  }
}

__device__ inline void fill(float* at, std::size_t floats, float v, const team& t) {
  for (std::size_t i = t.thread; i < floats; i += t.threads) at[i] = v;
}

}  // namespace tenon::cuda
