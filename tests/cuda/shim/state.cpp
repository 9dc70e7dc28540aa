#include "tests/cuda/shim/state.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace shim {
namespace {

thread_local cudaError_t last = cudaSuccess;
thread_local int current_device = 0;

struct worded {
  cudaError_t e;
  const char *name, *text;
};
constexpr std::array words{
    worded{cudaSuccess, "cudaSuccess", "no error"},
    worded{cudaErrorInvalidValue, "cudaErrorInvalidValue", "invalid argument"},
    worded{cudaErrorMemoryAllocation, "cudaErrorMemoryAllocation", "out of memory"},
    worded{cudaErrorInvalidConfiguration, "cudaErrorInvalidConfiguration",
           "invalid configuration argument"},
    worded{cudaErrorInvalidDeviceFunction, "cudaErrorInvalidDeviceFunction",
           "invalid device function"},
    worded{cudaErrorNoDevice, "cudaErrorNoDevice", "no CUDA-capable device is detected"},
    worded{cudaErrorInvalidDevice, "cudaErrorInvalidDevice", "invalid device ordinal"},
    worded{cudaErrorNoKernelImageForDevice, "cudaErrorNoKernelImageForDevice",
           "no kernel image is available for execution on the device"},
    worded{cudaErrorInvalidResourceHandle, "cudaErrorInvalidResourceHandle",
           "invalid resource handle"},
    worded{cudaErrorLaunchFailure, "cudaErrorLaunchFailure", "unspecified launch failure"},
    worded{cudaErrorCooperativeLaunchTooLarge, "cudaErrorCooperativeLaunchTooLarge",
           "too many blocks in cooperative launch"},
    worded{cudaErrorStreamCaptureUnsupported, "cudaErrorStreamCaptureUnsupported",
           "operation not permitted when stream is capturing"}};

const worded& words_of(cudaError_t e) {
  static constexpr worded other{cudaErrorUnknown, "cudaErrorUnknown", "unknown error"};
  const auto* found = std::ranges::find(words, e, &worded::e);
  return found == words.end() ? other : *found;
}

}  // namespace

state& the() {
  static state s;
  return s;
}

cudaError_t result(cudaError_t e) {
  if (e != cudaSuccess) last = e;
  return e;
}

cudaError_t usable() {
  const std::lock_guard lock(the().mutex);
  return the().what.count == 0 ? cudaErrorNoDevice : the().lost;
}

void report(const std::string& failure) {
  const std::lock_guard lock(the().mutex);
  the().failures.push_back(failure);
}

void set_order(order o) { the().threads = o; }
void set_deferred(bool deferred) { the().deferred = deferred; }
void set_device(const device& d) { the().what = d; }
void fail_allocation(long which) { the().allocation_to_fail = which; }
void lose_device(long launch) { the().launch_to_lose = launch; }
counts counted() { return the().seen; }
std::vector<std::string> take_failures() { return std::exchange(the().failures, {}); }

void reset() {
  finish_all();
  state& s = the();
  const std::lock_guard lock(s.mutex);
  s.what = {};
  s.threads = order::forward;
  s.deferred = false;
  s.allocation_to_fail = s.launch_to_lose = 0;
  s.lost = cudaSuccess;
  s.seen = {.allocated = s.seen.allocated};
  s.failures.clear();
  last = cudaSuccess;
  current_device = 0;
}

bool lost_with_launch() {
  state& s = the();
  const std::lock_guard lock(s.mutex);
  ++s.seen.launches;
  if (s.launch_to_lose == 0 || --s.launch_to_lose > 0) return false;
  s.lost = cudaErrorLaunchFailure;
  return true;
}

}  // namespace shim

const char* cudaGetErrorString(cudaError_t e) { return shim::words_of(e).text; }
const char* cudaGetErrorName(cudaError_t e) { return shim::words_of(e).name; }
cudaError_t cudaGetLastError() {
  return std::exchange(shim::last, shim::the().lost);  // a lost device stays lost
}
cudaError_t cudaPeekAtLastError() { return shim::last; }

cudaError_t cudaGetDeviceCount(int* count) {
  *count = shim::the().what.count;
  return shim::result(*count == 0 ? cudaErrorNoDevice : cudaSuccess);
}
cudaError_t cudaGetDevice(int* device) {
  *device = shim::current_device;
  return shim::result(shim::usable());
}
cudaError_t cudaSetDevice(int device) {
  if (shim::the().what.count == 0) return shim::result(cudaErrorNoDevice);
  if (device < 0 || device >= shim::the().what.count) return shim::result(cudaErrorInvalidDevice);
  shim::current_device = device;
  return shim::result(shim::the().lost);
}
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  const shim::device& d = shim::the().what;
  if (d.count == 0) return shim::result(cudaErrorNoDevice);
  if (device < 0 || device >= d.count) return shim::result(cudaErrorInvalidDevice);
  *properties = {.name = "host shim",
                 .totalGlobalMem = d.memory,
                 .major = d.major,
                 .minor = d.minor,
                 .multiProcessorCount = d.multiprocessors,
                 .sharedMemPerBlockOptin = shim::most_shared_bytes};
  return cudaSuccess;
}
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  cudaDeviceProp p{};
  const cudaError_t e = cudaGetDeviceProperties(&p, device);
  if (e != cudaSuccess) return e;
  switch (attribute) {
    case cudaDevAttrMultiProcessorCount:
      *value = p.multiProcessorCount;
      break;
    case cudaDevAttrComputeCapabilityMajor:
      *value = p.major;
      break;
    case cudaDevAttrComputeCapabilityMinor:
      *value = p.minor;
      break;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
      *value = static_cast<int>(p.sharedMemPerBlockOptin);
      break;
  }
  return cudaSuccess;
}
