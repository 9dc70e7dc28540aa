// Hand-written kernels beside the FMA peak of the same run: the yardstick of emitted kernels.
// Checked once against plain loops, then timed by Google Benchmark.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <string>

#include "bench/hand_written/register.hpp"

namespace {

void register_benchmark(const hand_written::kernel& k, double peak) {
  benchmark::RegisterBenchmark(k.name.c_str(), [&k, peak](benchmark::State& state) {
    k.run();
    if (const double found = k.error(); !(found < hand_written::tolerance)) {
      char message[80];
      std::snprintf(message, sizeof message, "wrong: differs from plain loops by %.1e", found);
      state.SkipWithError(message);
      return;
    }
    for (auto _ : state) {
      k.run();
      benchmark::ClobberMemory();
    }
    const double done = k.flops * 1e-9 * static_cast<double>(state.iterations());
    state.counters["GFLOP/s"] = benchmark::Counter(done, benchmark::Counter::kIsRate);
    state.counters["of_peak"] = benchmark::Counter(done / peak, benchmark::Counter::kIsRate);
  });
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const double peak = hand_written::measure_peak();
  benchmark::AddCustomContext("peak_gflops", std::to_string(peak));
  benchmark::AddCustomContext("target", hand_written::target());
  hand_written::kernels all;
  hand_written::register_linear(all);
  hand_written::register_conv(all);
  for (const hand_written::kernel& k : all) register_benchmark(k, peak);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
