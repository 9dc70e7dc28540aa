// What the kernels of a CUDA unit are told, and who shares their work. Lane = sample: a warp works
// on a block of 32 samples, which lie innermost in every tensor of samples. Thread blocks are
// called groups here; a group is (32, warps) threads, a grid (groups, blocks of samples or parts).
#pragma once
#include <cooperative_groups.h>
#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>

namespace tenon::cuda {

inline constexpr unsigned block = 32;  // samples side by side
inline constexpr unsigned all_lanes = 0xFFFFFFFF;

// What changes from call to call. It lies in device memory, where a captured graph reads it anew;
// all pointers are of the device, rows of samples as the caller has them.
struct call {
  const float* x = nullptr;
  const void* target = nullptr;  // int32_t[n] or float[n][size]
  const float* sample_weights = nullptr;
  float* y = nullptr;
  unsigned n = 0;
  unsigned parts = 1;  // runs of consecutive blocks, one of min(blocks, 8)
  float batch_size = 1;
  unsigned first_sample = 0;
  std::uint64_t seed = 0, step = 0;

  __host__ __device__ unsigned blocks() const { return (n + block - 1) / block; }
  // Samples of a block that exist, 0 beyond the last.
  __host__ __device__ unsigned live(unsigned k) const {
    const unsigned first = k * block;
    return first >= n ? 0 : n - first < block ? n - first : block;
  }
  // A part's blocks are [first_block(part), first_block(part + 1)).
  __host__ __device__ unsigned first_block(unsigned part) const { return part * blocks() / parts; }
};

// The threads that share a kernel's work.
struct team {
  unsigned lane;
  unsigned warp, warps;  // of all groups
  unsigned warp_in_group, warps_in_group;
  unsigned group, groups;
  unsigned thread, threads;  // of all groups
  unsigned thread_in_group, threads_in_group;

  // gridDim.x groups: those that share a block of samples, or a part.
  __device__ static team of_grid() { return of(blockIdx.x, gridDim.x); }
  // All groups of the launch.
  __device__ static team of_all() {
    return of(blockIdx.y * gridDim.x + blockIdx.x, gridDim.y * gridDim.x);
  }
  // The threads of a group wait for each other, and see what the others wrote.
  __device__ void meet() const { __syncthreads(); }

 private:
  __device__ static team of(unsigned group, unsigned groups) {
    const unsigned warp = group * blockDim.y + threadIdx.y;
    return {.lane = threadIdx.x,
            .warp = warp,
            .warps = groups * blockDim.y,
            .warp_in_group = threadIdx.y,
            .warps_in_group = blockDim.y,
            .group = group,
            .groups = groups,
            .thread = warp * block + threadIdx.x,
            .threads = groups * blockDim.y * block,
            .thread_in_group = threadIdx.y * block + threadIdx.x,
            .threads_in_group = blockDim.y * block};
  }
};

// All threads of a launch that was made with queue::run_together.
__device__ inline void meet_all() { cooperative_groups::this_grid().sync(); }

__device__ inline unsigned index_y() { return blockIdx.y; }  // block of samples, or part

// Of the group, as large as its launch asked for; 16-byte aligned.
__device__ inline float* shared_memory() {
  extern __shared__ float4 dynamic_shared[];
  return &dynamic_shared[0].x;
}

}  // namespace tenon::cuda
