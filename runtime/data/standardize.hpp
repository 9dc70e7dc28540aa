// Standardisation of inputs: (x - mean) / deviation, with the statistics of the training part
// alone.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/dataset.hpp"

namespace tenon::runtime {

std::string_view text(standardization kind);
standardization standardization_named(std::string_view name);  // throws user_error

// `mean` and `deviation` have one value per pixel or per channel; a channel is a run of equal
// length in each sample.
struct statistics {
  standardization kind = standardization::none;
  std::vector<float> mean, deviation;

  // x [n, …sample shape], n · sample size = x.size().
  void apply(std::span<float> x, std::size_t sample_size) const;

  // The other way round: x · deviation + mean.
  void restore(std::span<float> x, std::size_t sample_size) const;

  // The same for standard deviations: x · deviation.
  void restore_spread(std::span<float> x, std::size_t sample_size) const;

  // For checkpoints: {"kind", "mean", "deviation"} as JSON.
  std::string json() const;
  static statistics from_json(const std::string& text);  // throws user_error
};

// Of the samples in `part`. Channels are the first dimension of the network's input where it has
// one, else of samples of three dimensions, else one. A deviation of 0 (a pixel that never changes)
// counts as 1.
statistics measure(const dataset& data, std::span<const std::uint32_t> part, standardization kind,
                   std::span<const int> input_shape);

// Of the targets in `part`, each output by itself. Throws user_error for class numbers.
statistics measure_targets(const dataset& data, std::span<const std::uint32_t> part);

}  // namespace tenon::runtime
