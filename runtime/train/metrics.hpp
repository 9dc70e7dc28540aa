// Loss and accuracy over many samples, every sample counting alike, whatever batches they came in.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "runtime/core/network.hpp"

namespace tenon::runtime {

struct score {
  std::size_t samples = 0;
  double loss = 0;                   // mean
  std::optional<double> top1, top5;  // fractions; none where targets are not classes
};

// All that has been added to a keeper. Nothing but doubles (counts are exact in them), because
// checkpoints keep it as a row of numbers, whatever its members are.
struct score_sums {
  double samples = 0, loss = 0, hits1 = 0, hits5 = 0;
};

class score_keeper {
 public:
  // `begin`: what another keeper had added, to go on from there.
  explicit score_keeper(const network_info& network, const score_sums& begin = {});

  // y [n, …output shape]: what enters the loss. Of classes: softmax cross-entropy, without label
  // smoothing; of values: squared error, mean over the elements.
  void add(std::span<const float> y, std::span<const std::int32_t> classes,
           std::span<const float> values);
  // With a loss that is known already, the mean of these samples.
  void add(double mean_loss, std::span<const float> y, std::span<const std::int32_t> classes,
           std::size_t n);
  score result() const;
  const score_sums& sums() const { return sums_; }

 private:
  void count_hits(std::span<const float> y, std::span<const std::int32_t> classes);

  bool is_class_;
  std::size_t outputs_;
  score_sums sums_;
};

// How many classes a row of outputs puts before `target`: 0 if the target is its first choice.
// Equal outputs go by class number; an output that is not a number comes before all others, so that
// it never counts as right.
std::size_t rank_of(std::span<const float> outputs, std::size_t target);

}  // namespace tenon::runtime
