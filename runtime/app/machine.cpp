#include "runtime/app/machine.hpp"

#include <hwy/base.h>
#include <hwy/targets.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>

#include "runtime/app/machine_peak.hpp"
#include "runtime/app/stopwatch.hpp"
#include "runtime/train/image.hpp"

namespace tenon::runtime {
namespace {

constexpr std::size_t rounds = 50'000;  // about 0.2 ms of multiply-adds
constexpr double seconds =
    0.15;  // per measurement: long enough for the clock to rise, short beside the bench
constexpr std::array<std::size_t, 4> copy_bytes{std::size_t{1} << 14, std::size_t{1} << 18,
                                                std::size_t{1} << 21, std::size_t{1} << 27};

struct burst {
  std::atomic<float> sum{0};  // read by nobody: keeps the loops
  std::atomic<double> flops{0};
};

void run_burst(void* context, std::size_t) {
  auto& b = *static_cast<burst*>(context);
  double flops = 0;
  b.sum = multiply_add_loop(rounds, flops);
  b.flops = flops;
}

double peak(pool& threads, std::size_t n) {
  burst b;
  const timing t = repeat([&] { threads.run(n, run_burst, &b); }, seconds);
  return b.flops * static_cast<double>(n) / t.least;
}

copy_speed measure_copy(std::size_t bytes) {
  const std::size_t n = bytes / 2 / sizeof(float);
  aligned_floats from(n), to(n);
  const std::size_t cycles =
      std::max<std::size_t>(1, (std::size_t{1} << 20) / bytes);  // or the clock would be timed
  const timing t = repeat(
      [&] {
        for (std::size_t i = 0; i < cycles; ++i) copy_loop(from.data(), to.data(), n);
      },
      seconds);
  return {bytes, static_cast<double>(cycles * bytes) / t.least};
}

}  // namespace

double machine_speed::bytes_per_second(double bytes) const {
  for (const copy_speed& c : copies) {
    if (bytes <= static_cast<double>(c.bytes)) return c.bytes_per_second;
  }
  return copies.back().bytes_per_second;
}

machine_speed measure_machine(pool& threads) {
  machine_speed m{.flops_per_second = peak(threads, 1), .flops_per_second_all = 0, .copies = {}};
  m.flops_per_second_all =
      threads.threads() > 1 ? peak(threads, threads.threads()) : m.flops_per_second;
  for (const std::size_t bytes : copy_bytes) m.copies.push_back(measure_copy(bytes));
  return m;
}

std::vector<std::string> supported_targets() {
  std::vector<std::string> names;
  // Highway numbers better targets lower.
  for (auto left = static_cast<std::uint64_t>(hwy::SupportedTargets()); left != 0;
       left &= left - 1) {
    names.emplace_back(
        hwy::TargetName(static_cast<std::int64_t>(std::uint64_t{1} << std::countr_zero(left))));
  }
  return names;
}

}  // namespace tenon::runtime
