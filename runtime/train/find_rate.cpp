#include "runtime/train/find_rate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/data/random_stream.hpp"

namespace tenon::runtime {
namespace {

std::vector<float> copy_of(std::span<const float> values) { return {values.begin(), values.end()}; }

// Full batches in the order of epochs 1, 2, …
class batches {
 public:
  batches(std::span<const std::uint32_t> part, std::size_t size, std::uint64_t seed)
      : part_(part), size_(std::min(size, part.size())), seed_(seed) {}

  std::span<const std::uint32_t> next() {
    if (at_ + size_ > order_.size()) shuffle();
    at_ += size_;
    return std::span(order_).subspan(at_ - size_, size_);
  }

 private:
  void shuffle() {
    order_ = permutation(static_cast<std::uint32_t>(part_.size()),
                         random_stream(seed_, purpose::epoch, ++epoch_));
    for (std::uint32_t& i : order_) i = part_[i];
    at_ = 0;
  }

  std::span<const std::uint32_t> part_;
  std::size_t size_, at_ = 0;
  std::uint64_t seed_, epoch_ = 0;
  std::vector<std::uint32_t> order_;
};

std::vector<rate_point> search(trainer_core& trainer, const network_info& network,
                               const dataset& data, std::span<const std::uint32_t> part,
                               const recipe& r, const rate_range& range) {
  batches from(part, r.batch, r.step.seed);
  batch samples(network, r.batch);
  std::vector<rate_point> points;
  double average = 0, weight = 0, best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < range.steps; ++i) {
    samples.gather(data, from.next());
    const double part_done = static_cast<double>(i) / std::max(range.steps - 1, 1);
    const double rate = range.least * std::pow(range.most / range.least, part_done);
    settings s = r.step;
    s.rules = r.rules;
    s.step = static_cast<std::uint64_t>(i);
    s.learning_rate = static_cast<float>(rate);
    s.sample_weights = samples.weights();
    const double loss = trainer.gradients(samples.x(), samples.target(), samples.size(), s);
    average = range.smoothing * average + (1 - range.smoothing) * loss;
    weight = range.smoothing * weight + (1 - range.smoothing);
    const double smoothed = average / weight;
    if (!std::isfinite(smoothed)) break;
    points.push_back({rate, loss, smoothed});
    best = std::min(best, smoothed);
    if (smoothed > range.runs_away_above * best) break;
    trainer.update(s);
  }
  return points;
}

}  // namespace

std::vector<rate_point> find_rate(trainer_core& trainer, const network_info& network,
                                  const dataset& data, std::span<const std::uint32_t> part,
                                  const recipe& r, const rate_range& range) {
  const std::vector<float> image = copy_of(trainer.read_image()),
                           state = copy_of(trainer.read_optimizer_state());
  std::vector<rate_point> points = search(trainer, network, data, part, r, range);
  std::ranges::copy(image, trainer.image().begin());
  std::ranges::copy(state, trainer.optimizer_state().begin());
  return points;
}

std::optional<double> suggested_rate(std::span<const rate_point> points) {
  // length[i], first[i]: of the longest falling subsequence that ends at i; of several, the one
  // that begins last, for a loss that has not begun to fall says nothing.
  std::vector<int> length(points.size(), 1);
  std::vector<std::size_t> first(points.size());
  std::size_t end = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    first[i] = i;
    for (std::size_t j = 0; j < i; ++j) {
      if (points[i].smoothed >= points[j].smoothed || length[j] + 1 < length[i]) continue;
      length[i] = length[j] + 1, first[i] = first[j];
    }
    if (length[i] > length[end]) end = i;
  }
  if (points.empty() || length[end] < 2) return {};
  return std::sqrt(points[first[end]].rate * points[end].rate);
}

}  // namespace tenon::runtime
