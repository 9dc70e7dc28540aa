// Within the shim: its state, and how its parts reach each other.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "tests/cuda/shim/host_side.hpp"
#include "tests/cuda/shim/shim.hpp"

namespace shim {

struct state {
  std::recursive_mutex mutex;
  device what;
  order threads = order::forward;
  bool deferred = false;
  long allocation_to_fail = 0, launch_to_lose = 0;
  cudaError_t lost = cudaSuccess;  // stays, as on a GPU
  counts seen;
  std::vector<std::string> failures;
  std::map<const void*, std::size_t> shared_bytes;  // asked for, by kernel
};
state& the();

// Keeps it for cudaGetLastError, and returns it.
cudaError_t result(cudaError_t e);
// What any call returns at first: nothing wrong, or no device, or a lost one.
cudaError_t usable();
void report(const std::string& failure);

// All groups of a kernel. What goes wrong is reported, and the device is lost.
struct grid_shape {
  dim3 grid, group;
  std::size_t shared_bytes = 0;
  bool cooperative = false;  // its groups may meet
};
void run_grid(const grid_shape& shape, const std::function<void()>& thread);

// Does it when its turn comes in the stream, or takes it down where the stream is captured.
struct work {
  std::function<void()> run;
  bound_kernel kernel{};  // of a launch
  grid_shape shape{};
};
cudaError_t submit(cudaStream_t stream, work w);
// Counts a launch, and says whether the device is lost with it.
bool lost_with_launch();
void finish(cudaStream_t stream);  // all that was submitted
void finish_all();
bool capturing();  // in this thread

}  // namespace shim
