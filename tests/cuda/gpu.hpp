// What tests of emitted units ask of the shim, where they run on a GPU: nothing is set there, and
// failures are the CUDA runtime's.
#pragma once
#include <cuda_runtime_api.h>

#include <string>
#include <vector>

namespace shim {

enum class order { forward, reverse, shuffled };
inline void set_order(order) {}
inline void set_deferred(bool) {}
struct device {
  int multiprocessors = 0;
};
inline void set_device(const device&) {}
inline void reset() { static_cast<void>(cudaGetLastError()); }
inline std::vector<std::string> take_failures() {
  const cudaError_t e = cudaDeviceSynchronize();
  return e == cudaSuccess ? std::vector<std::string>{}
                          : std::vector<std::string>{cudaGetErrorString(e)};
}

}  // namespace shim
