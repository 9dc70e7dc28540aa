// All 2^32 floats through each function of the vector maths, on every target with vectors: errors
// against double precision, and equal bits. Minutes: `ctest -C long -L long`.
#include <doctest/doctest.h>

#include <atomic>
#include <bit>
#include <cmath>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/core/math_functions.hpp"
#include "tests/core/targets.hpp"

namespace tests {
namespace {

constexpr std::uint64_t chunk = 1 << 16, chunks = (std::uint64_t{1} << 32) / chunk;

struct family {
  std::vector<math_kernel> kernels;  // the first one is measured, the others have to agree with it
  math_errors errors;
  std::uint64_t different = 0;
};
using families = std::map<bool, family>;  // with FMA, without

families all_families() {
  families found;
  for (const std::int64_t target : usable_targets(math_targets())) {
    if (target == HWY_EMU128 || target == HWY_SCALAR) continue;  // an hour of plain loops
    found[has_fma(target)].kernels.push_back(math_kernels_of(target).vectors);
  }
  return found;
}

void compare(std::size_t which, std::uint64_t number, families& seen) {
  std::vector<float> x(chunk), y(chunk), z(chunk);
  std::vector<double> exact(chunk);
  for (std::uint64_t i = 0; i < chunk; ++i) {
    x[i] = std::bit_cast<float>(static_cast<std::uint32_t>(number * chunk + i));
    exact[i] = math_functions[which].exact(static_cast<double>(x[i]));
  }
  for (auto& [fma, f] : seen) {
    f.kernels[0](which, x.data(), y.data(), chunk);
    for (std::uint64_t i = 0; i < chunk; ++i) f.errors.look_at(x[i], y[i], exact[i]);
    for (std::size_t k = 1; k < f.kernels.size(); ++k) {
      f.kernels[k](which, x.data(), z.data(), chunk);
      for (std::uint64_t i = 0; i < chunk; ++i) {
        const bool same = std::bit_cast<std::uint32_t>(y[i]) == std::bit_cast<std::uint32_t>(z[i]);
        f.different += !same && !(std::isnan(y[i]) && std::isnan(z[i]));
      }
    }
  }
}

families sweep(std::size_t which) {
  families total = all_families();
  std::mutex guard;
  std::atomic<std::uint64_t> next = 0;
  {
    std::vector<std::jthread> threads(std::max(1U, std::thread::hardware_concurrency()));
    for (std::jthread& t : threads) {
      t = std::jthread([&] {
        families mine = total;
        for (std::uint64_t c = next++; c < chunks; c = next++) compare(which, c, mine);
        const std::lock_guard lock(guard);
        for (auto& [fma, f] : total) {
          f.errors.join(mine[fma].errors);
          f.different += mine[fma].different;
        }
      });
    }
  }
  return total;
}

}  // namespace

TEST_CASE("the vector maths holds its bounds for every float") {
  for (std::size_t which = 0; which < math_functions.size(); ++which) {
    const math_function& f = math_functions[which];
    for (const auto& [fma, found] : sweep(which)) {
      MESSAGE(std::string(f.name), std::string(fma ? " with FMA" : " without FMA"), ": at most ",
              found.errors.worst, " units in the last place, at ", found.errors.worst_at);
      CAPTURE(f.name);
      CAPTURE(fma);
      CAPTURE(found.errors.wrong_at);
      CHECK(found.errors.wrong == 0);
      CHECK(found.errors.worst <= (fma ? f.bound : f.bound_without_fma));
      CHECK(found.different == 0);
    }
  }
}

}  // namespace tests
