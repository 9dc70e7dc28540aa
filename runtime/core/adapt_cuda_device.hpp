// Which GPU networks run on, and what users hear when it refuses: shared by the adapters of
// adapt_cuda.hpp.
#pragma once
#include <cuda_runtime.h>

#include <cstddef>
#include <string>

#include "runtime/core/cuda.hpp"
#include "runtime/core/network.hpp"

namespace tenon::cuda {

namespace adapt_detail {

// What select() chose; networks keep theirs.
inline int selected_device = 0;

// The same, current on this thread from now on.
inline int use_selected_device() noexcept {
  static_cast<void>(cudaSetDevice(selected_device));
  return selected_device;
}

inline std::string name_of(int device) { return "cuda:" + std::to_string(device); }

inline std::string capability(int major, int minor) {
  return std::to_string(major) + "." + std::to_string(minor);
}

// The compute capabilities that this unit holds code for: "8.0, 9.0".
inline std::string compiled_for() {
  std::string all;
#ifdef __CUDA_ARCH_LIST__
  for (const int each : {__CUDA_ARCH_LIST__}) {
    constexpr int per_major = 100, per_minor = 10;
    all += (all.empty() ? "" : ", ") + capability(each / per_major, each % per_major / per_minor);
  }
#endif
  return all.empty() ? "another one" : all;
}

[[noreturn]] inline void refuse(int device, const std::string& what) {
  throw device_error(name_of(device) + ": " + what);
}

// Of a call into the CUDA runtime.
inline void require(int device, cudaError_t e) {
  if (e == cudaSuccess) return;
  refuse(device, std::string(text(of(e))) + " (" + cudaGetErrorString(e) + ")");
}

// Of a call into an emitted class, which says what failed but not in the runtime's words.
inline void require(int device, error e) {
  if (e == error::none) return;
  const cudaError_t last = cudaPeekAtLastError();
  const std::string words =
      last == cudaSuccess ? "" : std::string(" (") + cudaGetErrorString(last) + ")";
  refuse(device, text(e) + words);
}

// For device_memory and pinned_memory.
template <class Memory>
void allocate(int device, Memory& memory, std::size_t bytes) {
  const cudaError_t e = memory.allocate(bytes);
  if (e != cudaErrorMemoryAllocation) return require(device, e);
  std::size_t free = 0, total = 0;
  static_cast<void>(cudaMemGetInfo(&free, &total));
  refuse(device, "the network needs " + std::to_string(bytes) + " bytes more there, " +
                     std::to_string(free) + " of " + std::to_string(total) +
                     " are free; end what else uses the GPU, or build with a smaller --batch");
}

}  // namespace adapt_detail

inline int count_devices() noexcept {
  int devices = 0;
  return errors_detail::taken(cudaGetDeviceCount(&devices)) == cudaSuccess ? devices : 0;
}

// "NVIDIA H200, compute capability 9.0, 139 GiB"
inline std::string describe_device(int device) {
  cudaDeviceProp is{};
  const cudaError_t e = errors_detail::taken(cudaGetDeviceProperties(&is, device));
  if (e != cudaSuccess) return cudaGetErrorString(e);
  return std::string(is.name) + ", compute capability " +
         adapt_detail::capability(is.major, is.minor) + ", " +
         std::to_string(is.totalGlobalMem >> 30) + " GiB";
}

// What is made from now on runs there. Throws device_error where there is no such device, or no
// code for it.
inline void select_device(int device) {
  using namespace adapt_detail;
  int devices = 0;
  const cudaError_t counted = errors_detail::taken(cudaGetDeviceCount(&devices));
  if (counted != cudaSuccess || devices == 0) {
    throw device_error(std::string("no CUDA device: ") +
                       cudaGetErrorString(counted == cudaSuccess ? cudaErrorNoDevice : counted));
  }
  require(device, errors_detail::taken(cudaSetDevice(device)));
  const error e = check_device();
  if (e == error::device_unsupported) {
    cudaDeviceProp is{};
    require(device, cudaGetDeviceProperties(&is, device));
    refuse(device, std::string(is.name) + " has compute capability " +
                       capability(is.major, is.minor) + ", this program holds code for " +
                       compiled_for() + "; build it again with --cuda-arch " +
                       std::to_string(is.major) + std::to_string(is.minor));
  }
  require(device, e);
  selected_device = device;
}

}  // namespace tenon::cuda
