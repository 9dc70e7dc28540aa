// Times of whole network calls and of their kernels, one by one.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "runtime/app/machine.hpp"
#include "runtime/app/stopwatch.hpp"
#include "runtime/core/network.hpp"

namespace tenon::runtime {

struct kernel_time {
  std::string name;
  double median_seconds;  // of one call
  std::size_t calls;      // in one call of the network
  double flops, bytes;    // of one call
  double bound_seconds;   // the least time that peak and bandwidth allow one thread
  double roofline() const { return bound_seconds / median_seconds; }
};

struct bench_result {
  std::string mode, target;
  std::size_t batch;
  unsigned threads;
  timing call;      // one call, or one training step: gradients and update
  double flops;     // of that call, by the formulas of its layers
  double computed;  // of its kernels: fewer, where transforms save products
  std::vector<kernel_time> kernels;
  // Of a device: the same call with what it reads and writes staying there, many in a row; `call`
  // is from memory of the CPU and back.
  std::optional<timing> resident = {};

  // The least time that all kernels need, evenly shared by the threads, as a fraction of the
  // median.
  double roofline() const;
};

// Kernels are timed for `kernel_seconds` each; 0: once.
bench_result bench_eval(const network_entry& network, std::size_t batch, pool& threads,
                        const machine_speed& machine, double seconds, double kernel_seconds);
bench_result bench_train(const network_entry& network, std::size_t batch, pool& threads,
                         const machine_speed& machine, double seconds, double kernel_seconds);

}  // namespace tenon::runtime
