// A search for a learning rate (Smith: "Cyclical learning rates for training neural networks",
// 2017): a few steps whose rate grows from one to the next, until the loss runs away.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "runtime/core/network.hpp"
#include "runtime/data/dataset.hpp"
#include "runtime/train/trainer.hpp"

namespace tenon::runtime {

struct rate_range {
  double least = 1e-7, most = 10;
  int steps = 100;             // each rate is the one before times the same factor
  double smoothing = 0.98;     // of the moving average of losses, corrected for its beginning
  double runs_away_above = 4;  // times the least smoothed loss
};

struct rate_point {
  double rate, loss, smoothed;
};

// Trains as `r` does, but for the rates; afterwards weights, buffers and the optimizer's state are
// bit for bit what they were.
std::vector<rate_point> find_rate(trainer_core& trainer, const network_info& network,
                                  const dataset& data, std::span<const std::uint32_t> part,
                                  const recipe& r, const rate_range& range = {});

// The middle, by factors, of the longest fall of the smoothed loss (rises between its points left
// out); none where it never falls.
std::optional<double> suggested_rate(std::span<const rate_point> points);

}  // namespace tenon::runtime
