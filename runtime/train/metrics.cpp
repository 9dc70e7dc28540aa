#include "runtime/train/metrics.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/data/dataset.hpp"

namespace tenon::runtime {
namespace {

// log Σ exp(y) - y[target], shifted by the largest output so that exp stays finite.
double cross_entropy(std::span<const float> y, std::size_t target) {
  const double most = *std::ranges::max_element(y);
  double sum = 0;
  for (const float value : y) sum += std::exp(value - most);
  return std::log(sum) + most - y[target];
}

double squared_error(std::span<const float> y, std::span<const float> target) {
  double sum = 0;
  for (std::size_t i = 0; i < y.size(); ++i)
    sum += (double{y[i]} - target[i]) * (double{y[i]} - target[i]);
  return sum / static_cast<double>(y.size());
}

}  // namespace

std::size_t rank_of(std::span<const float> outputs, std::size_t target) {
  std::size_t before = 0;
  for (std::size_t j = 0; j < outputs.size(); ++j) {
    const bool behind =
        outputs[j] < outputs[target] || (outputs[j] == outputs[target] && j > target);
    before += j != target && !behind;
  }
  return before;
}

score_keeper::score_keeper(const network_info& network, const score_sums& begin)
    : is_class_(network.target_is_class), outputs_(count(network.output_shape)), sums_(begin) {}

void score_keeper::count_hits(std::span<const float> y, std::span<const std::int32_t> classes) {
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const std::size_t rank =
        rank_of(y.subspan(i * outputs_, outputs_), static_cast<std::size_t>(classes[i]));
    sums_.hits1 += rank < 1;
    sums_.hits5 += rank < 5;
  }
}

void score_keeper::add(std::span<const float> y, std::span<const std::int32_t> classes,
                       std::span<const float> values) {
  const std::size_t n = y.size() / outputs_;
  for (std::size_t i = 0; i < n; ++i) {
    const auto row = y.subspan(i * outputs_, outputs_);
    sums_.loss += is_class_ ? cross_entropy(row, static_cast<std::size_t>(classes[i]))
                            : squared_error(row, values.subspan(i * outputs_, outputs_));
  }
  sums_.samples += static_cast<double>(n);
  count_hits(y, classes);
}

void score_keeper::add(double mean_loss, std::span<const float> y,
                       std::span<const std::int32_t> classes, std::size_t n) {
  sums_.loss += mean_loss * static_cast<double>(n);
  sums_.samples += static_cast<double>(n);
  count_hits(y, classes);
}

score score_keeper::result() const {
  score s{.samples = static_cast<std::size_t>(sums_.samples),
          .loss = sums_.loss / sums_.samples,
          .top1 = {},
          .top5 = {}};
  if (is_class_) {
    s.top1 = sums_.hits1 / sums_.samples;
    s.top5 = sums_.hits5 / sums_.samples;
  }
  return s;
}

}  // namespace tenon::runtime
