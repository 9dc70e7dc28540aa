// The way of samples to a GPU: pinned memory, so that copies run beside kernels, and a stream of
// their own for them.
#pragma once
#include <cuda_runtime.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <type_traits>

#include "runtime/core/adapt_cuda_device.hpp"
#include "runtime/core/cuda.hpp"

namespace tenon::cuda::adapt_detail {

struct destroy {
  void operator()(cudaStream_t s) const noexcept { static_cast<void>(cudaStreamDestroy(s)); }
  void operator()(cudaEvent_t e) const noexcept { static_cast<void>(cudaEventDestroy(e)); }
};
template <class Handle>
using owner = std::unique_ptr<std::remove_pointer_t<Handle>, destroy>;

// Of the current device.
inline owner<cudaStream_t> make_stream(int device) {
  cudaStream_t made = nullptr;
  require(device, cudaStreamCreateWithFlags(&made, cudaStreamNonBlocking));
  return owner<cudaStream_t>(made);
}
inline owner<cudaEvent_t> make_event(int device) {
  cudaEvent_t made = nullptr;
  require(device, cudaEventCreateWithFlags(&made, cudaEventDisableTiming));
  return owner<cudaEvent_t>(made);
}

// An array on the device and its twin in pinned memory.
class both_sides {
 public:
  both_sides(int device, std::size_t bytes) {
    allocate(device, on_device_, bytes);
    allocate(device, pinned_, bytes);
  }

  void* on_device() const noexcept { return on_device_.data(); }
  void* pinned() const noexcept { return pinned_.data(); }
  float* floats() const noexcept { return on_device_.floats(); }

  // Through the pinned twin, which must not be in use by an earlier copy.
  cudaError_t send(const void* from, std::size_t bytes, cudaStream_t stream) const noexcept {
    std::memcpy(pinned_.data(), from, bytes);
    return cudaMemcpyAsync(on_device_.data(), pinned_.data(), bytes, cudaMemcpyHostToDevice,
                           stream);
  }
  // To the pinned twin.
  cudaError_t fetch(std::size_t bytes, cudaStream_t stream) const noexcept {
    return cudaMemcpyAsync(pinned_.data(), on_device_.data(), bytes, cudaMemcpyDeviceToHost,
                           stream);
  }

 private:
  device_memory on_device_;
  pinned_memory pinned_;
};

}  // namespace tenon::cuda::adapt_detail
