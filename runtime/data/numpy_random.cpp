#include "runtime/data/numpy_random.hpp"

#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

namespace tenon::runtime {

double numpy_random::uniform() {
  const auto a = twister_() >> 5, b = twister_() >> 6;
  return (static_cast<double>(a) * 67108864 + static_cast<double>(b)) /
         9007199254740992;  // 2^26, 2^53
}

double numpy_random::normal() {
  if (has_kept_) {
    has_kept_ = false;
    return kept_;
  }
  double v1 = 0, v2 = 0, r = 0;
  do {
    v1 = 2 * uniform() - 1;
    v2 = 2 * uniform() - 1;
    r = v1 * v1 + v2 * v2;
  } while (r >= 1 || r == 0);
  const double f = std::sqrt(-2 * std::log(r) / r);
  kept_ = f * v1;
  has_kept_ = true;
  return f * v2;
}

std::uint32_t numpy_random::integer(std::uint32_t greatest) {
  const std::uint32_t mask = std::bit_ceil(greatest + 1) - 1;
  for (;;) {
    const auto value = static_cast<std::uint32_t>(twister_()) & mask;
    if (value <= greatest) return value;
  }
}

std::vector<std::uint32_t> numpy_random::permutation(std::uint32_t n) {
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  for (std::uint32_t i = n - 1; i > 0; --i) std::swap(order[i], order[integer(i)]);
  return order;
}

}  // namespace tenon::runtime
