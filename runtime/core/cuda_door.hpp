// The door between users' arrays (one sample after the other) and tensors of samples, transposed
// copies for weight gradients, and the sum of parts: whole kernels, for grids of (groups, blocks).
// `step`: floats from block to block. Templates, because a header's kernel that nobody runs is a
// warning otherwise.
#pragma once
#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>

#include "runtime/core/cuda_team.hpp"
#include "runtime/core/cuda_tensor.hpp"

namespace tenon::cuda {

namespace door_detail {

// One element more than a row of lanes: rows and columns then both meet every bank of shared
// memory.
inline constexpr unsigned tile_row = block + 1;

// rows[s][i] -> interior[i][s], i < s.count(): tiles of 32 x 32, read along rows, written along
// lanes. 0 for the lanes from `live` on, and in the halo.
__device__ inline void rows_to_lanes(const float* rows, unsigned live, float* interior,
                                     const shape& s, float* tile, const team& t) {
  const unsigned count = s.count();
  clear_halo(interior - s.inside(), s, 0, t);
  for (unsigned first = t.group * block; first < count; first += t.groups * block) {
    for (unsigned r = t.warp_in_group; r < block; r += t.warps_in_group) {
      const bool there = r < live && first + t.lane < count;
      tile[r * tile_row + t.lane] = there ? rows[std::size_t{r} * count + first + t.lane] : 0.0F;
    }
    t.meet();
    for (unsigned i = t.warp_in_group; i < block && first + i < count; i += t.warps_in_group)
      interior[s.offset(first + i) + t.lane] = tile[t.lane * tile_row + i];
    t.meet();
  }
}

// interior[i][s] -> rows[s][i] with `row` floats from row to row, 0 for i from s.count() to
// `padded`; rows from `live` on are not written.
__device__ inline void lanes_to_rows(const float* interior, const shape& s, unsigned live,
                                     float* rows, std::size_t row, unsigned padded, float* tile,
                                     const team& t) {
  const unsigned count = s.count();
  for (unsigned first = t.group * block; first < padded; first += t.groups * block) {
    for (unsigned i = t.warp_in_group; i < block; i += t.warps_in_group)
      tile[t.lane * tile_row + i] =
          first + i < count ? interior[s.offset(first + i) + t.lane] : 0.0F;
    t.meet();
    for (unsigned r = t.warp_in_group; r < live; r += t.warps_in_group) {
      if (first + t.lane < padded) rows[r * row + first + t.lane] = tile[r * tile_row + t.lane];
    }
    t.meet();
  }
}

}  // namespace door_detail

// For the threads of a grid: what a kernel of the same name does alone, as a step of another one.
namespace here {

// call->x [n][channels][height][width] -> interior. Lanes beyond n become 0.
__device__ inline void load_samples(const call* c, float* interior, std::size_t step, shape s) {
  __shared__ float tile[block * door_detail::tile_row];
  const unsigned k = index_y();
  if (k >= c->blocks()) return;
  door_detail::rows_to_lanes(c->x + std::size_t{k} * block * s.count(), c->live(k),
                             interior + k * step, s, tile, team::of_grid());
}

// call->target as floats [n][…] -> interior.
__device__ inline void load_values(const call* c, float* interior, std::size_t step, shape s) {
  __shared__ float tile[block * door_detail::tile_row];
  const unsigned k = index_y();
  if (k >= c->blocks()) return;
  const auto* values = static_cast<const float*>(c->target);
  door_detail::rows_to_lanes(values + std::size_t{k} * block * s.count(), c->live(k),
                             interior + k * step, s, tile, team::of_grid());
}

// call->target as class numbers int32_t[n] -> to[32] (exact below 2^24). Lanes beyond n become 0.
__device__ inline void load_classes(const call* c, float* to, std::size_t step) {
  const team t = team::of_grid();
  const unsigned k = index_y();
  if (k >= c->blocks() || t.warp != 0) return;
  const auto* classes = static_cast<const std::int32_t*>(c->target) + std::size_t{k} * block;
  to[k * step + t.lane] = t.lane < c->live(k) ? static_cast<float>(classes[t.lane]) : 0.0F;
}

// call->sample_weights[n], all 1 where null -> to[32]. Lanes beyond n become 0.
__device__ inline void load_weights(const call* c, float* to, std::size_t step) {
  const team t = team::of_grid();
  const unsigned k = index_y();
  if (k >= c->blocks() || t.warp != 0) return;
  const float* weights = c->sample_weights;
  const bool live = t.lane < c->live(k);
  to[k * step + t.lane] = !live ? 0.0F : weights == nullptr ? 1.0F : weights[k * block + t.lane];
}

// interior -> call->y [n][channels][height][width].
__device__ inline void store_samples(const call* c, const float* interior, std::size_t step,
                                     shape s) {
  __shared__ float tile[block * door_detail::tile_row];
  const unsigned k = index_y(), count = s.count();
  if (k >= c->blocks()) return;
  door_detail::lanes_to_rows(interior + k * step, s, c->live(k),
                             c->y + std::size_t{k} * block * count, count, count, tile,
                             team::of_grid());
}

// from [count][32] -> to [32][row], row >= count; the rest of each row becomes 0.
__device__ inline void transpose_to_rows(const call* c, const float* from, std::size_t from_step,
                                         int count, float* to, std::size_t to_step, int row) {
  __shared__ float tile[block * door_detail::tile_row];
  const unsigned k = index_y();
  if (k >= c->blocks()) return;
  const shape s{.width = count};
  const auto padded = static_cast<unsigned>(row);
  door_detail::lanes_to_rows(from + k * from_step, s, block, to + k * to_step, padded, padded, tile,
                             team::of_grid());
}

// to[i] = from[i] + from[part_stride + i] + …, the parts in order.
__device__ inline void add_parts(const call* c, const float* from, std::size_t part_stride,
                                 int floats, float* to) {
  const team t = team::of_all();
  for (unsigned i = t.thread; i < static_cast<unsigned>(floats); i += t.threads)
    to[i] = sum_over_parts(from + i, c->parts, part_stride);
}

}  // namespace here

// The same as kernels.

template <int = 0>
__global__ void load_samples(const call* c, float* interior, std::size_t step, shape s) {
  here::load_samples(c, interior, step, s);
}
template <int = 0>
__global__ void load_values(const call* c, float* interior, std::size_t step, shape s) {
  here::load_values(c, interior, step, s);
}
template <int = 0>
__global__ void load_classes(const call* c, float* to, std::size_t step) {
  here::load_classes(c, to, step);
}
template <int = 0>
__global__ void load_weights(const call* c, float* to, std::size_t step) {
  here::load_weights(c, to, step);
}
template <int = 0>
__global__ void store_samples(const call* c, const float* interior, std::size_t step, shape s) {
  here::store_samples(c, interior, step, s);
}
template <int = 0>
__global__ void transpose_to_rows(const call* c, const float* from, std::size_t from_step,
                                  int count, float* to, std::size_t to_step, int row) {
  here::transpose_to_rows(c, from, from_step, count, to, to_step, row);
}
template <int = 0>
__global__ void add_parts(const call* c, const float* from, std::size_t part_stride, int floats,
                          float* to) {
  here::add_parts(c, from, part_stride, floats, to);
}

}  // namespace tenon::cuda
