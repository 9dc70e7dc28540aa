#include "tests/cuda/shim_kernels.hpp"

namespace tests {

namespace cuda = tenon::cuda;

__global__ void reverse_by_sharing(int* of_group) {
  const cuda::team t = cuda::team::of_grid();
  float* shared = cuda::shared_memory();
  int* mine = of_group + t.group * t.threads_in_group;
  for (int turn = 0; turn < 3; ++turn) {  // thrice is once
    shared[t.thread_in_group] = static_cast<float>(mine[t.thread_in_group]);
    t.meet();
    mine[t.thread_in_group] = static_cast<int>(shared[t.threads_in_group - 1 - t.thread_in_group]);
    t.meet();
  }
}

__global__ void scan_of_warps(const float* x, float* to) {
  const cuda::team t = cuda::team::of_grid();
  float sum = x[t.thread];
  for (int by = 1; by < 32; by *= 2) {
    const float before = __shfl_sync(cuda::all_lanes, sum, static_cast<int>(t.lane) - by);
    if (static_cast<int>(t.lane) >= by) sum += before;
  }
  __syncwarp();
  to[t.thread] = sum;
}

__global__ void square_of_all(const float* x, float* to, float by) {
  const unsigned i = cuda::team::of_grid().thread;
  to[i] = by * x[i] * x[i];
}

__global__ void some_leave(int* at) {
  const cuda::team t = cuda::team::of_grid();
  if (t.warp == 1) return;
  t.meet();
  at[t.thread] = 1;
}

__global__ void lanes_part(float* at) {
  const cuda::team t = cuda::team::of_grid();
  if (t.lane % 2 == 0) t.meet();
  at[t.thread] = cuda::sum_over_lanes(1);
  if (t.lane % 2 == 1) t.meet();
}

__global__ void reverse_by_meeting(const int* from, int* middle, int* to) {
  const cuda::team t = cuda::team::of_all();
  middle[t.thread] = from[t.thread];
  cuda::meet_all();
  to[t.thread] = middle[t.threads - 1 - t.thread];
}

__global__ void a_group_leaves(int* at) {
  const cuda::team t = cuda::team::of_all();
  if (t.group == 1) return;
  cuda::meet_all();
  at[t.thread] = 1;
}

__global__ void race(int* at) { *at = static_cast<int>(cuda::team::of_grid().thread); }

__global__ void reads_unset(float* to) {
  const cuda::team t = cuda::team::of_grid();
  to[t.thread] = cuda::shared_memory()[t.thread_in_group];
}

__global__ void writes_beyond(float*, unsigned floats) {
  if (cuda::team::of_grid().thread == 0) cuda::shared_memory()[floats] = 1;
}

}  // namespace tests
