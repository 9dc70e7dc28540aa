// Hand-written kernels beside the FMA peak of the same run: the yardstick of emitted kernels.
#include <benchmark/benchmark.h>

#include <string>

#include "bench/hand_written/bench_kernel.hpp"
#include "bench/hand_written/register.hpp"

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  hand_written::peak = hand_written::measure_peak();
  benchmark::AddCustomContext("peak_gflops", std::to_string(hand_written::peak));
  benchmark::AddCustomContext("target", hand_written::target());
  hand_written::register_linear();
  hand_written::register_conv();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
