// From the CUDA runtime's errors to ours, and what can be known before a kernel runs.
#pragma once
#include <cuda_runtime.h>

#include "runtime/core/emitted.hpp"

namespace tenon::cuda {

inline error of(cudaError_t e) noexcept {
  switch (e) {
    case cudaSuccess:
      return error::none;
    case cudaErrorNoDevice:
    case cudaErrorInvalidDevice:
    case cudaErrorInsufficientDriver:
    case cudaErrorStubLibrary:
    case cudaErrorInitializationError:
    case cudaErrorDevicesUnavailable:
      return error::no_device;
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorInvalidDeviceFunction:
    case cudaErrorInvalidKernelImage:
    case cudaErrorUnsupportedPtxVersion:
    case cudaErrorJitCompilerNotFound:
    case cudaErrorJitCompilationDisabled:
    case cudaErrorCooperativeLaunchTooLarge:  // a kernel for all blocks at once
      return error::device_unsupported;
    case cudaErrorMemoryAllocation:
      return error::device_out_of_memory;
    default:
      return error::device_failed;
  }
}

namespace errors_detail {

template <int = 0>
__global__ void probe() {}

// An error that does not outlast its call would be the next launch's otherwise.
inline cudaError_t taken(cudaError_t e) noexcept {
  if (e != cudaSuccess) static_cast<void>(cudaGetLastError());
  return e;
}

}  // namespace errors_detail

// Whether there is a device, and code for the current one.
inline error check_device() noexcept {
  int devices = 0;
  const cudaError_t counted = errors_detail::taken(cudaGetDeviceCount(&devices));
  if (counted != cudaSuccess) return of(counted);
  if (devices == 0) return error::no_device;
  cudaFuncAttributes attributes{};
  return of(errors_detail::taken(
      cudaFuncGetAttributes(&attributes, reinterpret_cast<const void*>(&errors_detail::probe<>))));
}

// Whether an array lies where it is said to. Managed memory lies on both sides.
inline error check_pointer(const void* p, bool on_device) noexcept {
  cudaPointerAttributes where{};
  const cudaError_t asked = errors_detail::taken(cudaPointerGetAttributes(&where, p));
  if (asked != cudaSuccess) return of(asked);
  if (where.type == cudaMemoryTypeManaged) return error::none;
  if (on_device == (where.type == cudaMemoryTypeDevice)) return error::none;
  return on_device ? error::not_device_memory : error::not_host_memory;
}

}  // namespace tenon::cuda
