// Products of weights and samples on tensor cores: 16 rows of weights times 8 samples, a few steps
// of their sum at a time, summed in float32. The layout of the fragments is that of mma.sync in
// NVIDIA's PTX ISA (m16n8k8 for tf32, m16n8k16 for bf16).
#pragma once
#include <cuda_runtime.h>

#include <cstdint>
#include <cstring>

#include "runtime/core/cuda_team.hpp"

namespace tenon::cuda {

namespace fragment_detail {

__device__ inline unsigned bits_of(float v) {
  unsigned bits;
  memcpy(&bits, &v, sizeof bits);
  return bits;
}
__device__ inline float float_of(unsigned bits) {
  float v;
  memcpy(&v, &bits, sizeof v);
  return v;
}

// To the nearest number whose last `gone` bits are 0, ties away from it; NaN and infinities stay.
__device__ inline float rounded(float v, unsigned gone) {
  const unsigned bits = bits_of(v);
  if ((bits & 0x7F800000u) == 0x7F800000u) return v;
  return float_of((bits + (1u << (gone - 1))) & ~((1u << gone) - 1));
}

// sum[0], sum[1]: rows lane / 4, samples lane % 4 * 2 and the next; sum[2], sum[3]: eight rows on.
#ifdef __CUDACC__
__device__ inline void multiply_add_tf32(float (&sum)[4], const unsigned (&a)[4],
                                         const unsigned (&b)[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};"
      : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
__device__ inline void multiply_add_bf16(float (&sum)[4], const unsigned (&a)[4],
                                         const unsigned (&b)[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};"
      : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
#else
// The same by exchange, for who runs this without tensor cores. One step of the sum: what lane
// 4 * row + k holds of the weights, 4 * sample + k of the samples.
__device__ inline void add_step(float (&sum)[4], float low, float high, float sample, unsigned k) {
  const unsigned lane = threadIdx.x, row = lane / 4, column = lane % 4 * 2;
  const auto from = [](float v, unsigned other) {
    return __shfl_sync(all_lanes, v, static_cast<int>(other));
  };
  const float a0 = from(low, 4 * row + k), a1 = from(high, 4 * row + k);
  const float b0 = from(sample, 4 * column + k), b1 = from(sample, 4 * (column + 1) + k);
  sum[0] += a0 * b0, sum[1] += a0 * b1, sum[2] += a1 * b0, sum[3] += a1 * b1;
}
__device__ inline void multiply_add_tf32(float (&sum)[4], const unsigned (&a)[4],
                                         const unsigned (&b)[2]) {
  for (unsigned half = 0; half < 2; ++half) {
    for (unsigned k = 0; k < 4; ++k)
      add_step(sum, float_of(a[2 * half]), float_of(a[2 * half + 1]), float_of(b[half]), k);
  }
}
__device__ inline void multiply_add_bf16(float (&sum)[4], const unsigned (&a)[4],
                                         const unsigned (&b)[2]) {
  const auto of_pair = [](unsigned pair, unsigned which) {
    return float_of(which == 0 ? pair << 16 : pair & 0xFFFF0000u);
  };
  for (unsigned half = 0; half < 2; ++half) {
    for (unsigned k = 0; k < 4; ++k) {
      for (unsigned which = 0; which < 2; ++which)
        add_step(sum, of_pair(a[2 * half], which), of_pair(a[2 * half + 1], which),
                 of_pair(b[half], which), k);
    }
  }
}
#endif

}  // namespace fragment_detail

// Which numbers are multiplied. weights: [step][row], `width` floats from step to step, in shared
// memory, already rounded; samples: x[offset[step] + sample], of any step below `steps`, else 0.
struct tf32 {
  static constexpr unsigned steps_at_once = 8;
  struct weights {
    unsigned part[4];
  };
  struct samples {
    unsigned part[2];
  };

  __device__ static float rounded(float v) { return fragment_detail::rounded(v, 13); }
  __device__ static weights weights_at(const float* tile, unsigned width) {
    const float* from = tile + threadIdx.x % 4 * width + threadIdx.x / 4;
    const auto bits = [&](unsigned step, unsigned row) {
      return fragment_detail::bits_of(from[step * width + row]);
    };
    return {{bits(0, 0), bits(0, 8), bits(4, 0), bits(4, 8)}};
  }
  __device__ static samples samples_at(const float* x, const int* offset, unsigned first,
                                       unsigned steps, unsigned sample) {
    const auto bits = [&](unsigned step) {
      return step < steps ? fragment_detail::bits_of(rounded(
                                x[offset[step] + static_cast<int>(sample + threadIdx.x / 4)]))
                          : 0u;
    };
    return {{bits(first + threadIdx.x % 4), bits(first + threadIdx.x % 4 + 4)}};
  }
  __device__ static void multiply_add(float (&sum)[4], const weights& w, const samples& s) {
    fragment_detail::multiply_add_tf32(sum, w.part, s.part);
  }
};

struct bf16 {
  static constexpr unsigned steps_at_once = 16;
  using weights = tf32::weights;  // pairs of steps
  using samples = tf32::samples;

  __device__ static float rounded(float v) { return fragment_detail::rounded(v, 16); }
  __device__ static unsigned pair(float low, float high) {
    return fragment_detail::bits_of(low) >> 16 | (fragment_detail::bits_of(high) & 0xFFFF0000u);
  }
  __device__ static weights weights_at(const float* tile, unsigned width) {
    const float* from = tile + threadIdx.x % 4 * 2 * width + threadIdx.x / 4;
    const auto bits = [&](unsigned step, unsigned row) {
      return pair(from[step * width + row], from[(step + 1) * width + row]);
    };
    return {{bits(0, 0), bits(0, 8), bits(8, 0), bits(8, 8)}};
  }
  __device__ static samples samples_at(const float* x, const int* offset, unsigned first,
                                       unsigned steps, unsigned sample) {
    const auto value = [&](unsigned step) {
      return step < steps ? rounded(x[offset[step] + static_cast<int>(sample + threadIdx.x / 4)])
                          : 0.0F;
    };
    const unsigned step = first + threadIdx.x % 4 * 2;
    return {{pair(value(step), value(step + 1)), pair(value(step + 8), value(step + 9))}};
  }
  __device__ static void multiply_add(float (&sum)[4], const weights& w, const samples& s) {
    fragment_detail::multiply_add_bf16(sum, w.part, s.part);
  }
};

}  // namespace tenon::cuda
