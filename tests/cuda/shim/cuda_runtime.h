// Stands in for the CUDA runtime's header: put this folder first on the include path, and a .cu
// file is plain C++ that runs on the host. Kernels really run, thread by thread; shim.hpp says how,
// and lets tests choose the order of threads, and what fails.
#pragma once
#include "tests/cuda/shim/device_side.hpp"
#include "tests/cuda/shim/host_side.hpp"
