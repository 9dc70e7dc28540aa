// The groups of kernels that main() runs, and the peak that they are compared with.
#pragma once

namespace hand_written {

void register_linear();
void register_conv();
double measure_peak();
const char* target();

}  // namespace hand_written
