// Kernels that use the shim in every way, rightly and wrongly. They are what it is tested on, not
// what a GPU should run.
#pragma once
#include "runtime/core/cuda.hpp"

namespace tests {

__global__ void reverse_by_sharing(int* of_group);                          // through shared memory
__global__ void reverse_by_meeting(const int* from, int* middle, int* to);  // of all groups
__global__ void a_group_leaves(int* at);                             // before all groups meet
__global__ void scan_of_warps(const float* x, float* to);            // through shuffles
__global__ void square_of_all(const float* x, float* to, float by);  // threads never meet
__global__ void some_leave(int* at);    // half of the threads end before a barrier
__global__ void lanes_part(float* at);  // half of the lanes shuffle, the others wait for the group
__global__ void race(int* at);          // what the last thread writes stays
__global__ void reads_unset(float* to);
__global__ void writes_beyond(float* at, unsigned floats);

}  // namespace tests
