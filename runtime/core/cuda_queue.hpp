// Launches, copies and clears, one after the other in a stream. Keeps the first error and does
// nothing more after it, so that a whole step is checked once.
#pragma once
#include <cuda_runtime.h>

#include <cstddef>

#include "runtime/core/cuda_team.hpp"

namespace tenon::cuda {

struct grid {
  unsigned groups = 1;
  unsigned blocks = 1;  // of samples, or parts: what index_y() counts
};

class queue {
 public:
  explicit queue(cudaStream_t s) noexcept : stream(s) {}

  cudaError_t failed() const noexcept { return failed_; }

  // Groups are of (32, warps) threads.
  template <class... P, class... A>
  void run(void (*kernel)(P...), grid g, unsigned warps, std::size_t shared_bytes,
           A... arguments) noexcept {
    start(false, kernel, g, warps, shared_bytes, arguments...);
  }
  // All groups at once, so that they can meet (meet_all): as many of them for each block as the
  // device can hold. Who does what changes with their number, and no result does.
  template <class... P, class... A>
  void run_together(void (*kernel)(P...), grid g, unsigned warps, std::size_t shared_bytes,
                    A... arguments) noexcept {
    allow(reinterpret_cast<const void*>(kernel), shared_bytes);
    const unsigned most =
        groups_at_once(reinterpret_cast<const void*>(kernel), warps, shared_bytes);
    if (most / g.blocks < g.groups) g.groups = most / g.blocks;
    if (g.groups == 0) hold(cudaErrorCooperativeLaunchTooLarge);
    start(true, kernel, g, warps, shared_bytes, arguments...);
  }

  void clear(float* at, std::size_t floats) noexcept {
    if (failed_ == cudaSuccess) hold(cudaMemsetAsync(at, 0, floats * sizeof(float), stream));
  }
  // Between host and device, or on either.
  void copy(void* to, const void* from, std::size_t bytes) noexcept {
    if (failed_ == cudaSuccess) hold(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDefault, stream));
  }
  // A captured graph (cuda_graph.hpp), for this call.
  template <class Graph>
  void launch(const Graph& g, const call& value) noexcept {
    if (failed_ == cudaSuccess) hold(g.launch(stream, value));
  }
  // Until all of the above is done.
  void wait() noexcept {
    if (failed_ == cudaSuccess) hold(cudaStreamSynchronize(stream));
  }
  void hold(cudaError_t e) noexcept {
    if (failed_ == cudaSuccess) failed_ = e;
  }

  cudaStream_t stream;

 private:
  void allow(const void* kernel, std::size_t shared_bytes) noexcept {
    if (shared_bytes > unasked_shared_bytes)
      hold(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                static_cast<int>(shared_bytes)));
  }
  unsigned groups_at_once(const void* kernel, unsigned warps, std::size_t shared_bytes) noexcept {
    int device = 0, each = 0, multiprocessors = 0;
    hold(cudaGetDevice(&device));
    hold(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, device));
    hold(cudaOccupancyMaxActiveBlocksPerMultiprocessor(
        &each, kernel, static_cast<int>(block * warps), shared_bytes));
    return static_cast<unsigned>(each * multiprocessors);
  }

  template <class... P, class... A>
  void start(bool together, void (*kernel)(P...), grid g, unsigned warps, std::size_t shared_bytes,
             A... arguments) noexcept {
    allow(reinterpret_cast<const void*>(kernel), shared_bytes);
    if (failed_ != cudaSuccess) return;
    cudaLaunchConfig_t how{};
    how.gridDim = dim3(g.groups, g.blocks);
    how.blockDim = dim3(block, warps);
    how.dynamicSmemBytes = shared_bytes;
    how.stream = stream;
    cudaLaunchAttribute attribute{};
    attribute.id = cudaLaunchAttributeCooperative;
    attribute.val.cooperative = 1;
    how.attrs = &attribute;
    how.numAttrs = together ? 1 : 0;
    hold(cudaLaunchKernelEx(&how, kernel, static_cast<P>(arguments)...));
  }

  static constexpr std::size_t unasked_shared_bytes = 48 * 1024;  // more has to be asked for

  cudaError_t failed_ = cudaSuccess;
};

}  // namespace tenon::cuda
