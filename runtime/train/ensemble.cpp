#include "runtime/train/ensemble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

bool same(const statistics& a, const statistics& b) {
  return a.kind == b.kind && a.mean == b.mean && a.deviation == b.deviation;
}

}  // namespace

ensemble::ensemble(const network_info& network, std::vector<member> members)
    : network_(network), members_(std::move(members)) {
  for (const member& m : members_) {
    same_units_ = same_units_ && same(m.about.target, about().target);
    if (m.about.names.classes == about().names.classes) continue;
    throw user_error(fmt::format(
        "{} and {} give their classes different names or orders; a mean of them means nothing",
        members_.front().file, m.file));
  }
  const auto capacity = static_cast<std::size_t>(network.batch);
  raw_.resize(capacity * count(network.input_shape));
  x_.resize(raw_.size());
  y_.resize(capacity * count(network.output_shape));
  sum_.resize(y_.size());
}

void ensemble::require_same_test_part(const std::string& source) const {
  for (const member& m : members_) {
    if (m.about.seed == about().seed && m.about.test_fraction == about().test_fraction) continue;
    throw user_error(fmt::format(
        "{} and {} were trained with --seed {} and {}, so {} was split in different ways, and the "
        "test part of one trained the other; give data with a test part of their own, or --part "
        "all",
        members_.front().file, m.file, about().seed, m.about.seed, source));
  }
}

// raw_ holds n samples; y in the member's own way.
void ensemble::batch_of(member& m, std::size_t n, float* y, asked what) {
  const std::size_t in = count(network_.input_shape);
  std::copy_n(raw_.begin(), n * in, x_.begin());
  m.about.standardize.apply(std::span(x_).first(n * in), in);
  what == asked::outputs ? m.network->run().run(x_.data(), n, y)
                         : m.network->run().probabilities(x_.data(), n, y);
}

void ensemble::mean(std::size_t n, float* y, asked what) {
  const std::size_t out = count(network_.output_shape), size = n * out;
  const bool logarithm = what == asked::outputs && network_.tells_classes();
  std::fill_n(sum_.begin(), size, 0.0);
  for (member& m : members_) {
    batch_of(m, n, y_.data(), logarithm ? asked::probabilities : what);
    if (!same_units_) {
      m.about.target.restore(std::span(y_).first(size), out);
      about().target.apply(std::span(y_).first(size), out);
    }
    for (std::size_t i = 0; i < size; ++i) sum_[i] += y_[i];
  }
  for (std::size_t i = 0; i < size; ++i) {
    const double each = sum_[i] / static_cast<double>(members_.size());
    // A probability that all members round to 0 keeps the loss finite, as a logit would.
    y[i] = static_cast<float>(
        logarithm ? std::log(std::max(each, double{std::numeric_limits<float>::denorm_min()}))
                  : each);
  }
}

void ensemble::each_batch(const float* x, std::size_t n, float* y, asked what) {
  const std::size_t in = count(network_.input_shape), out = count(network_.output_shape);
  const auto capacity = static_cast<std::size_t>(network_.batch);
  for (std::size_t at = 0; at < n; at += capacity) {
    const std::size_t now = std::min(capacity, n - at);
    std::copy_n(x + at * in, now * in, raw_.begin());
    members_.size() == 1 ? batch_of(members_.front(), now, y + at * out, what)
                         : mean(now, y + at * out, what);
  }
}

void ensemble::run(const float* x, std::size_t n, float* y) { each_batch(x, n, y, asked::outputs); }
void ensemble::probabilities(const float* x, std::size_t n, float* p) {
  each_batch(x, n, p, asked::probabilities);
}
void ensemble::run_kernel(std::size_t index, std::size_t block) {
  members_.front().network->run().run_kernel(index, block);
}
std::string_view ensemble::target() const noexcept {
  return members_.front().network->run().target();
}

}  // namespace tenon::runtime
