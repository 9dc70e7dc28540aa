#include "runtime/app/kernel_bench.hpp"

#include <algorithm>

namespace tenon::runtime {
namespace {

constexpr double least_cycle = 2e-5;  // seconds; a shorter one would time the clock

std::size_t blocks_of(std::size_t samples, const network_info& network) {
  const auto block = static_cast<std::size_t>(network.block);
  return (samples + block - 1) / block;
}

// Work of one call: kernel_info counts it per sample, or whole for kernels that run once per step.
double work_per_call(const kernel_info& k, double counted, const network_info& network) {
  const bool per_step =
      k.calls < static_cast<double>(blocks_of(static_cast<std::size_t>(network.batch), network));
  return per_step ? counted : counted * network.block;
}

template <class F>
double seconds_per_call(F cycle, std::size_t calls, double seconds) {
  const double once = repeat<thread_clock>(cycle, 0, 3).least;
  const auto cycles = static_cast<std::size_t>(std::max(1.0, least_cycle / std::max(once, 1e-9)));
  const timing t = repeat<thread_clock>(
      [&] {
        for (std::size_t i = 0; i < cycles; ++i) cycle();
      },
      seconds);
  return t.median / static_cast<double>(cycles * calls);
}

}  // namespace

std::vector<kernel_time> bench_kernels(std::span<const kernel_info> kernels,
                                       const network_info& network, std::size_t batch,
                                       const std::function<void(std::size_t, std::size_t)>& run,
                                       const machine_speed& machine, double seconds) {
  // A call on more than a full batch leaves the last chunk's blocks behind, at most a full batch of
  // them.
  const std::size_t blocks =
      blocks_of(std::min(batch, static_cast<std::size_t>(network.batch)), network);
  std::vector<kernel_time> times;
  for (std::size_t i = 0; i < kernels.size(); ++i) {
    const kernel_info& k = kernels[i];
    if (k.calls == 0) continue;  // the entry of a table that would be empty
    const std::size_t calls =
        std::min(blocks, std::max<std::size_t>(1, static_cast<std::size_t>(k.calls)));
    const double median = seconds_per_call(
        [&] {
          for (std::size_t b = 0; b < calls; ++b) run(i, b);
        },
        calls, seconds);
    const double flops = work_per_call(k, k.flops, network),
                 bytes = work_per_call(k, k.bytes, network);
    const double bound =
        std::max(flops / machine.flops_per_second, bytes / machine.bytes_per_second(bytes));
    times.push_back({std::string(k.name), median, calls, flops, bytes, bound});
  }
  return times;
}

}  // namespace tenon::runtime
