// Loss and accuracy over many samples, every sample counting alike, whatever batches they came in.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "runtime/core/network.hpp"

namespace tenon::runtime {

struct score {
  std::size_t samples = 0;
  double loss = 0;                   // mean
  std::optional<double> top1, top5;  // fractions; none where targets are not classes
  // Over all elements, in the targets' own units; none where targets are classes or are not known.
  std::optional<double> mse, mae;
  // 1 - residual / total sum of squares, the mean over the outputs (as scikit-learn's r2_score);
  // none where a target never changes, for then there is nothing to explain.
  std::optional<double> r2;
};

// Sums behind mse, mae and r2.
class regression_keeper {
 public:
  // deviation: what one unit of each output stands for where targets were standardised; empty: 1.
  regression_keeper(std::size_t outputs, std::span<const float> deviation);
  // y, target [n, outputs].
  void add(std::span<const float> y, std::span<const float> target);
  void put_into(score& s) const;

 private:
  struct sums {
    double unit = 1;                   // of the targets as they came
    double squares = 0, absolute = 0;  // of the residuals
    double mean = 0, spread = 0;       // of the targets: Welford's running mean and sum of squares
  };
  std::vector<sums> of_;  // per output
  std::size_t samples_ = 0;
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
  // smoothing, of soft targets with all their shares; of values: squared error, mean over the
  // elements.
  void add(std::span<const float> y, std::span<const std::int32_t> classes,
           std::span<const float> values);
  // With a loss that is known already, the mean of these samples.
  void add(double mean_loss, std::span<const float> y, std::span<const std::int32_t> classes,
           std::size_t n);
  score result() const;
  const score_sums& sums() const { return sums_; }

 private:
  void count_hits(std::span<const float> y, std::span<const std::int32_t> classes);

  double loss_of(std::span<const float> y, std::size_t sample,
                 std::span<const std::int32_t> classes, std::span<const float> values) const;

  bool tells_classes_, is_distribution_;
  std::size_t outputs_;
  score_sums sums_;
};

// How many classes a row of outputs puts before `target`: 0 if the target is its first choice.
// Equal outputs go by class number; an output that is not a number comes before all others, so that
// it never counts as right.
std::size_t rank_of(std::span<const float> outputs, std::size_t target);

}  // namespace tenon::runtime
