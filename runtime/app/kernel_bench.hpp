// Times of single kernels.
#pragma once
#include <functional>
#include <span>
#include <vector>

#include "runtime/app/network_bench.hpp"

namespace tenon::runtime {

// run(index, block) is evaluator::run_kernel or trainer_core::run_kernel after a call on a batch of
// `batch` samples. Kernels run on the caller's thread, block after block, so that data lie in
// caches as they do between kernels of a call.
std::vector<kernel_time> bench_kernels(std::span<const kernel_info> kernels,
                                       const network_info& network, std::size_t batch,
                                       const std::function<void(std::size_t, std::size_t)>& run,
                                       const machine_speed& machine, double seconds);

}  // namespace tenon::runtime
