// Our exp, log, tanh, sigmoid and erf beside those of Highway's contrib/math: nanoseconds for 16
// floats, timed in turns within one run, as a Markdown table. What either gives is checked against
// double precision before anything is timed; returns 1 where that fails. The errors printed are of
// the arguments used here; tests/core has those of all floats.
//   bench_maths [PART OF A NAME]
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <exception>
#include <limits>
#include <stdexcept>

#include "bench/contract/turns.hpp"
#include "bench/maths/kernels.hpp"
#include "runtime/core/random.hpp"

namespace {

constexpr int rounds = 61;
constexpr double turn = 5e-4;    // seconds
constexpr double tolerance = 8;  // units in the last place: an error beyond is no rounding

struct buffers {
  alignas(64) std::array<float, maths::count> x;
  // Else a load and a store a little before it would have the same low address bits, and wait.
  std::array<float, 512> gap;
  alignas(64) std::array<float, maths::count> y;
};

double worst_error(const maths::kernel& k, const buffers& b) {
  double worst = 0;
  for (std::size_t i = 0; i < maths::count; ++i) {
    const double exact = k.exact(static_cast<double>(b.x[i]));
    const auto rounded = std::abs(static_cast<float>(exact));
    const float unit = std::nextafter(rounded, std::numeric_limits<float>::infinity()) - rounded;
    worst =
        std::max(worst, std::abs(static_cast<double>(b.y[i]) - exact) / static_cast<double>(unit));
  }
  return worst;
}

double checked_error(const maths::kernel& k, maths::function f, std::string_view whose,
                     buffers& b) {
  f(b.x.data(), b.y.data());
  const double error = worst_error(k, b);
  if (!(error <= tolerance))
    throw std::runtime_error(
        fmt::format("{} {}: wrong by {:.3g} units in the last place, at most {}", whose, k.name,
                    error, tolerance));
  return error;
}

void compare(const maths::kernel& k) {
  static buffers b;
  for (std::size_t i = 0; i < maths::count; ++i) {
    const float u = tenon::uniform(1, 0, 0, 0, static_cast<std::uint32_t>(i));
    b.x[i] = k.low + (k.high - k.low) * u;
  }
  const double mine = checked_error(k, k.ours, "our", b);
  std::vector<std::function<void()>> work{[&] { k.ours(b.x.data(), b.y.data()); }};
  if (k.theirs) work.push_back([&] { k.theirs(b.x.data(), b.y.data()); });
  const double theirs = k.theirs ? checked_error(k, k.theirs, "Highway's", b) : 0;
  const std::vector<double> seconds = contract::in_turns(work, rounds, turn);
  const auto per_16 = [&](std::size_t i) { return seconds[i] * 1e9 * 16 / maths::count; };
  if (k.theirs)
    fmt::print("| {} | {:.2f} | {:.2f} | {} | {:.2f} | {:.2f} | {:.2f} |\n", k.name, per_16(0),
               mine, k.theirs_name, per_16(1), theirs, per_16(0) / per_16(1));
  else
    fmt::print("| {} | {:.2f} | {:.2f} | {} | | | |\n", k.name, per_16(0), mine, k.theirs_name);
}

int run(std::string_view wanted) {
  fmt::print("Vector maths, nanoseconds for 16 floats in L1, one thread, target {}\n\n",
             maths::target());
  fmt::print("| function | ns | error, ulp | Highway's | ns | error, ulp | ours / Highway's |\n");
  fmt::print("|---|---|---|---|---|---|---|\n");
  int compared = 0;
  for (const maths::kernel& k : maths::kernels()) {
    if (k.name.find(wanted) == std::string_view::npos) continue;
    compare(k);
    ++compared;
  }
  if (compared == 0)
    throw std::runtime_error(fmt::format("no function has '{}' in its name", wanted));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc > 1 ? argv[1] : "");
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}: {}\n", argv[0], e.what());
    return 1;
  }
}
