#include "runtime/train/confusion.hpp"

#include <algorithm>

namespace tenon::runtime {
namespace {

std::optional<double> ratio(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return {};
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

confusion_matrix::confusion_matrix(std::size_t classes)
    : classes_(classes), counts_(classes * classes) {}

void confusion_matrix::add(std::span<const float> y, std::span<const std::int32_t> truth) {
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const auto row = y.subspan(i * classes_, classes_);
    const auto prediction = static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
    ++counts_[static_cast<std::size_t>(truth[i]) * classes_ + prediction];
  }
}

class_rates confusion_matrix::rates(std::size_t of) const {
  std::uint64_t predicted = 0, there = 0;
  for (std::size_t k = 0; k < classes_; ++k) {
    predicted += count(k, of);
    there += count(of, k);
  }
  const std::uint64_t right = count(of, of);
  return {.precision = ratio(right, predicted),
          .recall = ratio(right, there),
          .f1 = ratio(2 * right, predicted + there),
          .support = there};
}

}  // namespace tenon::runtime
