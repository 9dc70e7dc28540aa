#include "runtime/data/random_stream.hpp"

#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "runtime/core/random.hpp"

namespace tenon::runtime {

std::uint32_t random_stream::next() {
  if (drawn_ % 4 == 0) {
    const auto quad = drawn_ / 4;
    words_ = philox::bits({static_cast<std::uint32_t>(quad), static_cast<std::uint32_t>(quad >> 32),
                           static_cast<std::uint32_t>(index_), static_cast<std::uint32_t>(use_)},
                          seed_);
  }
  return words_[drawn_++ % 4];
}

double random_stream::uniform() {
  const std::uint64_t high = next() >> 5, low = next() >> 6;
  return static_cast<double>(high << 26 | low) * 0x1p-53;
}

// Box and Muller: two normals from two uniforms, of which the first must not be 0.
double random_stream::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));
  const double angle = 2 * std::numbers::pi * uniform();
  spare_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

// D. Lemire: "Fast random integer generation in an interval", 2019: a product instead of a
// division, unbiased.
std::uint32_t random_stream::below(std::uint32_t n) {
  std::uint64_t product = std::uint64_t{next()} * n;
  if (static_cast<std::uint32_t>(product) < n) {
    const std::uint32_t least = (0U - n) % n;
    while (static_cast<std::uint32_t>(product) < least) product = std::uint64_t{next()} * n;
  }
  return static_cast<std::uint32_t>(product >> 32);
}

std::vector<std::uint32_t> permutation(std::uint32_t n, random_stream stream) {
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  for (std::uint32_t i = n; i > 1; --i) std::swap(order[i - 1], order[stream.below(i)]);
  return order;
}

}  // namespace tenon::runtime
