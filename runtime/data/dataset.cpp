#include "runtime/data/dataset.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

template <class Sizes>
std::size_t product(const Sizes& shape) {
  std::size_t n = 1;
  for (const auto size : shape) n *= static_cast<std::size_t>(size);
  return n;
}

// The sizes that are not 1.
template <class Sizes>
std::vector<std::size_t> squeezed(const Sizes& shape) {
  std::vector<std::size_t> kept;
  for (const auto size : shape) {
    if (size != 1) kept.push_back(static_cast<std::size_t>(size));
  }
  return kept;
}

// Equal, flat, or equal but for dimensions of 1.
bool fits(std::span<const std::size_t> have, std::span<const int> want) {
  const auto a = squeezed(have), b = squeezed(want);
  return a == b || (count(have) == count(want) && (a.size() <= 1 || b.size() <= 1));
}

void require_classes(const dataset& data, int classes, const std::string& what) {
  if (data.classes.size() != data.samples()) {
    throw user_error(fmt::format(
        "{}: the network's loss wants class numbers (integers [n]), the data have values", what));
  }
  for (std::size_t i = 0; i < data.classes.size(); ++i) {
    if (data.classes[i] < 0 || data.classes[i] >= classes) {
      throw user_error(
          fmt::format("{}: sample {} is of class {}, the network tells {} classes (0 to {}) apart; "
                      "are these its data?",
                      what, i, data.classes[i], classes, classes - 1));
    }
  }
}

void require_shares(const dataset& data, const std::string& what) {
  const auto bad = std::ranges::find_if(data.targets, [](float q) { return q < 0; });
  if (bad == data.targets.end()) return;
  const auto at = static_cast<std::size_t>(bad - data.targets.begin());
  const std::size_t classes = count(data.target_shape);
  throw user_error(
      fmt::format("{}: the target of sample {} gives class {} a share of {}; shares are 0 or more",
                  what, at / classes, at % classes, *bad));
}

}  // namespace

std::size_t count(std::span<const std::size_t> shape) { return product(shape); }
std::size_t count(std::span<const int> shape) { return product(shape); }
std::string text(std::span<const std::size_t> shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}
std::string text(std::span<const int> shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

std::size_t dataset::sample_size() const { return count(shape); }
std::size_t dataset::samples() const { return sample_size() == 0 ? 0 : x.size() / sample_size(); }

void require_input_fit(std::span<const std::size_t> sample, const network_info& network,
                       const std::string& what) {
  if (fits(sample, network.input_shape)) return;
  throw user_error(fmt::format("{}: a sample has shape {}, network {} takes {}", what, text(sample),
                               network.name, text(network.input_shape)));
}

void complete_targets(dataset& data, const network_info& network) {
  if (!network.target_is_distribution) return;
  const auto classes = static_cast<std::size_t>(network.classes);
  if (data.targets.empty() && !data.classes.empty()) {
    require_classes(data, network.classes, "the data");
    data.target_shape = {classes};
    data.targets.resize(data.classes.size() * classes);
    for (std::size_t i = 0; i < data.classes.size(); ++i)
      data.targets[i * classes + static_cast<std::size_t>(data.classes[i])] = 1;
  } else if (data.classes.empty() && fits(data.target_shape, network.target_shape)) {
    for (std::size_t at = 0; at + classes <= data.targets.size(); at += classes) {
      const auto row = std::span(data.targets).subspan(at, classes);
      data.classes.push_back(
          static_cast<std::int32_t>(std::ranges::max_element(row) - row.begin()));
    }
  }
}

void require_fit(const dataset& data, const network_info& network, const std::string& what) {
  require_input_fit(data.shape, network, what);
  if (data.samples() == 0) throw user_error(fmt::format("{}: holds no samples", what));
  if (network.target_is_class) return require_classes(data, network.classes, what);
  if (data.targets.empty()) {
    throw user_error(
        fmt::format("{}: the network's loss wants values {}, the data have class numbers", what,
                    text(network.target_shape)));
  }
  if (!fits(data.target_shape, network.target_shape)) {
    throw user_error(fmt::format("{}: a target has shape {}, network {} wants {}", what,
                                 text(data.target_shape), network.name,
                                 text(network.target_shape)));
  }
  if (network.target_is_distribution) require_shares(data, what);
}

batch::batch(const network_info& network, std::size_t capacity)
    : is_class_(network.target_is_class),
      tells_classes_(network.tells_classes()),
      input_size_(count(network.input_shape)),
      target_size_(is_class_ ? 0 : count(network.target_shape)),
      x_(capacity * input_size_),
      values_(capacity * target_size_),
      classes_(tells_classes_ ? capacity : 0) {}

void batch::gather(const dataset& data, std::span<const std::uint32_t> indices) {
  n_ = indices.size();
  for (std::size_t k = 0; k < n_; ++k) {
    const std::size_t i = indices[k];
    std::copy_n(data.sample(i), input_size_, x_.data() + k * input_size_);
    if (tells_classes_) classes_[k] = data.classes[i];
    if (!is_class_) {
      std::copy_n(data.targets.data() + i * target_size_, target_size_,
                  values_.data() + k * target_size_);
    }
  }
  if (!data.weights.empty()) gather_weights(data, indices);
}

void batch::gather_weights(const dataset& data, std::span<const std::uint32_t> indices) {
  weights_.clear();
  double sum = 0;
  for (const std::uint32_t i : indices) sum += data.weights[i];
  const double scale = sum > 0 ? static_cast<double>(indices.size()) / sum : 0;
  for (const std::uint32_t i : indices)
    weights_.push_back(static_cast<float>(scale * data.weights[i]));
}

const void* batch::target() const {
  if (is_class_) return classes_.data();
  return values_.data();
}

}  // namespace tenon::runtime
