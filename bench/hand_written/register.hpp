// The groups of kernels, and the peak that they are compared with.
#pragma once
#include "bench/hand_written/bench_kernel.hpp"

namespace hand_written {

void register_linear(kernels& all);
void register_conv(kernels& all);
double measure_peak(int runs = 20);  // GFLOP/s of one core, the best of runs of a millisecond
const char* target();

}  // namespace hand_written
