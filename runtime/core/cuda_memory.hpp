// Owners of memory, for programs; emitted classes work in what their caller owns.
#pragma once
#include <cuda_runtime.h>

#include <cstddef>
#include <memory>
#include <span>

#include "runtime/core/cuda_errors.hpp"

namespace tenon::cuda {

namespace memory_detail {

struct free_device {
  void operator()(std::byte* p) const noexcept { static_cast<void>(cudaFree(p)); }
};
struct free_pinned {
  void operator()(std::byte* p) const noexcept { static_cast<void>(cudaFreeHost(p)); }
};

template <class Free>
class owner {
 public:
  std::span<std::byte> bytes() const noexcept { return {at_.get(), size_}; }
  std::byte* data() const noexcept { return at_.get(); }
  float* floats() const noexcept { return reinterpret_cast<float*>(at_.get()); }
  std::size_t size() const noexcept { return size_; }

 protected:
  cudaError_t take(cudaError_t allocated, void* at, std::size_t size) noexcept {
    at_.reset(allocated == cudaSuccess ? static_cast<std::byte*>(at) : nullptr);
    size_ = at_ ? size : 0;
    return errors_detail::taken(allocated);
  }
  void release() noexcept { at_.reset(), size_ = 0; }

 private:
  std::unique_ptr<std::byte, Free> at_;
  std::size_t size_ = 0;
};

}  // namespace memory_detail

// Of the current device; begins at a multiple of 256 bytes.
class device_memory : public memory_detail::owner<memory_detail::free_device> {
 public:
  // What it held before is freed first.
  cudaError_t allocate(std::size_t size) noexcept {
    release();
    void* at = nullptr;
    const cudaError_t e = size > 0 ? cudaMalloc(&at, size) : cudaSuccess;
    return take(e, at, size);
  }
};

// Of the host, which the device copies from and to without the processor.
class pinned_memory : public memory_detail::owner<memory_detail::free_pinned> {
 public:
  cudaError_t allocate(std::size_t size) noexcept {
    release();
    void* at = nullptr;
    const cudaError_t e = size > 0 ? cudaMallocHost(&at, size) : cudaSuccess;
    return take(e, at, size);
  }
};

}  // namespace tenon::cuda
