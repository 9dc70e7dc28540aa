// Registers a kernel with Google Benchmark: checked once against plain loops, then timed; GFLOP/s
// and the fraction of the FMA peak of this run beside each time.
#pragma once
#include <benchmark/benchmark.h>

#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace hand_written {

inline double peak = 0;  // GFLOP/s, set by main before the kernels run

template <class Kernel>
void bench_kernel(const std::string& name, double flops, Kernel kernel,
                  std::function<double()> error) {
  benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
    kernel();
    if (const double found = error(); !(found < 1e-5)) {
      char message[80];
      std::snprintf(message, sizeof message, "wrong: differs from plain loops by %.1e", found);
      state.SkipWithError(message);
      return;
    }
    for (auto _ : state) {
      kernel();
      benchmark::ClobberMemory();
    }
    const double done = flops * 1e-9 * static_cast<double>(state.iterations());
    state.counters["GFLOP/s"] = benchmark::Counter(done, benchmark::Counter::kIsRate);
    state.counters["of_peak"] = benchmark::Counter(done / peak, benchmark::Counter::kIsRate);
  });
}

}  // namespace hand_written
