// What kernels see of CUDA.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __grid_constant__
#define __align__(n) __attribute__((aligned(n)))
// One group runs at a time in a thread of the host: what it shares is what that thread has.
#define __shared__ thread_local

struct uint3 {
  unsigned x, y, z;
};
struct dim3 {
  unsigned x = 1, y = 1, z = 1;
  constexpr dim3(unsigned width = 1, unsigned height = 1, unsigned depth = 1)
      : x(width), y(height), z(depth) {}
};
struct alignas(8) float2 {
  float x, y;
};
struct alignas(16) float4 {
  float x, y, z, w;
};
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }

inline constinit thread_local uint3 threadIdx{}, blockIdx{};
inline constinit thread_local dim3 blockDim{}, gridDim{};

namespace shim {

inline constexpr std::size_t most_shared_bytes = 227 * 1024;

// The calling thread of a kernel waits: for all groups of a cooperative launch, for its group, or
// its warp.
void meet_all();
void meet_group();
void meet_warp(unsigned lanes);
// What lane `from` of the warp brings here. bytes <= 8.
void exchange(unsigned lanes, const void* mine, void* theirs, std::size_t bytes, unsigned from);

template <class T>
T shuffle(unsigned lanes, T mine, unsigned from) {
  T theirs;
  exchange(lanes, &mine, &theirs, sizeof(T), from);
  return theirs;
}

}  // namespace shim

inline void __syncthreads() { shim::meet_group(); }
inline void __syncwarp(unsigned lanes = 0xFFFFFFFF) { shim::meet_warp(lanes); }
template <class T>
T __shfl_sync(unsigned lanes, T v, int from) {
  return shim::shuffle(lanes, v, static_cast<unsigned>(from) % 32);
}
template <class T>
T __shfl_xor_sync(unsigned lanes, T v, int with) {
  return shim::shuffle(lanes, v, threadIdx.x ^ static_cast<unsigned>(with));
}
template <class T>
T __shfl_down_sync(unsigned lanes, T v, unsigned by) {
  return shim::shuffle(lanes, v, threadIdx.x + by < 32 ? threadIdx.x + by : threadIdx.x);
}

inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fsub_rn(float a, float b) { return a - b; }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __fmaf_rn(float a, float b, float c) { return std::fma(a, b, c); }
template <class T>
T __ldg(const T* from) {
  return *from;
}

// CUDA's are overloads in the global namespace, too.
#define TENON_SHIM_EXTREMES(type)                              \
  constexpr type min(type a, type b) { return b < a ? b : a; } \
  constexpr type max(type a, type b) { return a < b ? b : a; }
TENON_SHIM_EXTREMES(int)
TENON_SHIM_EXTREMES(unsigned)
TENON_SHIM_EXTREMES(long)
TENON_SHIM_EXTREMES(unsigned long)
TENON_SHIM_EXTREMES(long long)
TENON_SHIM_EXTREMES(unsigned long long)
#undef TENON_SHIM_EXTREMES
inline float min(float a, float b) { return std::fmin(a, b); }
inline float max(float a, float b) { return std::fmax(a, b); }
inline double min(double a, double b) { return std::fmin(a, b); }
inline double max(double a, double b) { return std::fmax(a, b); }
