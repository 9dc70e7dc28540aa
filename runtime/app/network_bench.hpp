// Times of whole network calls and of their kernels, one by one.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "runtime/app/machine.hpp"
#include "runtime/app/stopwatch.hpp"
#include "runtime/core/network.hpp"

namespace tenon::runtime {

struct kernel_time {
  std::string name;
  double median_seconds;  // of one call
  double flops, bytes;    // of one call
  double roofline;  // the least time that peak and bandwidth allow, as a fraction of the median
};

struct bench_result {
  std::string mode, target;
  std::size_t batch;
  unsigned threads;
  timing call;   // one call, or one training step: gradients and update
  double flops;  // of that call
  std::vector<kernel_time> kernels;
};

bench_result bench_eval(const network_entry& network, std::size_t batch, pool& threads,
                        const machine_speed& machine, double seconds);
bench_result bench_train(const network_entry& network, std::size_t batch, pool& threads,
                         const machine_speed& machine, double seconds);

}  // namespace tenon::runtime
