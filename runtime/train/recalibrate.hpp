// Population statistics of norms, in place of the running averages of training.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/core/network.hpp"
#include "runtime/data/dataset.hpp"

namespace tenon::runtime {

struct recalibration {
  std::size_t batches = 0, samples = 0;  // that were looked at
};

// Sets each buffer that averages over batches to the mean of what these batches give, every batch
// counting alike: mean of means, and m / (m - 1) times the mean of biased variances over the m
// values of a batch. Samples are taken in this order, in whole batches; what is left over is not
// looked at, unless it is all there is. An order that sorts by class would make batches too much
// alike, so callers shuffle. Runs in training mode, so dropout is on (the seed is for its masks),
// as it was when the averages were made. Parameters stay as they are.
// Throws user_error where the network has no such buffer, and where a batch is too short for it.
recalibration recalibrate(const network_info& network, trainer_core& trainer, const dataset& data,
                          std::span<const std::uint32_t> order, std::size_t batch_size,
                          std::uint64_t seed);

// Whether there is anything to set.
bool averages_over_batches(const network_info& network);

// The samples of a part, shuffled by the seed alone.
std::vector<std::uint32_t> recalibration_order(std::span<const std::uint32_t> part,
                                               std::uint64_t seed);

}  // namespace tenon::runtime
