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

// Over the shares of all classes; 0 * infinity is no share of an overflow.
double cross_entropy(std::span<const float> y, std::span<const float> shares) {
  double sum = 0;
  for (std::size_t c = 0; c < y.size(); ++c)
    if (shares[c] != 0) sum += shares[c] * cross_entropy(y, c);
  return sum;
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

regression_keeper::regression_keeper(std::size_t outputs, std::span<const float> deviation)
    : of_(outputs) {
  for (std::size_t i = 0; i < deviation.size(); ++i) of_[i].unit = deviation[i];
}

void regression_keeper::add(std::span<const float> y, std::span<const float> target) {
  for (std::size_t at = 0; at < y.size(); ++at) {
    if (at % of_.size() == 0) ++samples_;
    sums& s = of_[at % of_.size()];
    const double residual = double{y[at]} - target[at], from_mean = target[at] - s.mean;
    s.squares += residual * residual;
    s.absolute += std::abs(residual);
    s.mean += from_mean / static_cast<double>(samples_);
    s.spread += from_mean * (target[at] - s.mean);
  }
}

void regression_keeper::put_into(score& s) const {
  if (samples_ == 0) return;
  const double elements = static_cast<double>(samples_) * static_cast<double>(of_.size());
  double squares = 0, absolute = 0, explained = 0;
  bool varies = true;
  for (const sums& o : of_) {
    squares += o.squares * o.unit * o.unit;
    absolute += o.absolute * o.unit;
    varies = varies && o.spread > 0;
    if (varies) explained += 1 - o.squares / o.spread;
  }
  s.mse = squares / elements;
  s.mae = absolute / elements;
  if (varies) s.r2 = explained / static_cast<double>(of_.size());
}

score_keeper::score_keeper(const network_info& network, const score_sums& begin)
    : tells_classes_(network.tells_classes()),
      is_distribution_(network.target_is_distribution),
      outputs_(count(network.output_shape)),
      sums_(begin) {}

void score_keeper::count_hits(std::span<const float> y, std::span<const std::int32_t> classes) {
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const std::size_t rank =
        rank_of(y.subspan(i * outputs_, outputs_), static_cast<std::size_t>(classes[i]));
    sums_.hits1 += rank < 1;
    sums_.hits5 += rank < 5;
  }
}

double score_keeper::loss_of(std::span<const float> y, std::size_t sample,
                             std::span<const std::int32_t> classes,
                             std::span<const float> values) const {
  if (tells_classes_ && !is_distribution_)
    return cross_entropy(y, static_cast<std::size_t>(classes[sample]));
  const auto target = values.subspan(sample * outputs_, outputs_);
  return is_distribution_ ? cross_entropy(y, target) : squared_error(y, target);
}

void score_keeper::add(std::span<const float> y, std::span<const std::int32_t> classes,
                       std::span<const float> values) {
  const std::size_t n = y.size() / outputs_;
  for (std::size_t i = 0; i < n; ++i) {
    sums_.loss += loss_of(y.subspan(i * outputs_, outputs_), i, classes, values);
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
  score s;
  s.samples = static_cast<std::size_t>(sums_.samples);
  s.loss = sums_.loss / sums_.samples;
  if (tells_classes_) {
    s.top1 = sums_.hits1 / sums_.samples;
    s.top5 = sums_.hits5 / sums_.samples;
  }
  return s;
}

}  // namespace tenon::runtime
