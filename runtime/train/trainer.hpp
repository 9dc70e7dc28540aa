// The training loop: epochs of shuffled batches. Knows no files and prints nothing; an observer
// hears of each batch and epoch.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "runtime/core/network.hpp"
#include "runtime/data/dataset.hpp"
#include "runtime/data/split.hpp"
#include "runtime/train/average.hpp"
#include "runtime/train/feedback.hpp"
#include "runtime/train/metrics.hpp"
#include "runtime/train/schedule.hpp"

namespace tenon::runtime {

struct recipe {
  settings step;  // learning_rate, step, first_sample and rules are set by the loop
  std::vector<parameter_rule> rules = {};  // one per parameter, or none
  schedule rate;
  int epochs = 10;
  std::size_t batch = 64;  // at most the network's
  bool drop_last = false;  // leave out the last short batch of an epoch
  // Batches whose gradients make one step: the mean over all of their samples. Each batch has its
  // own batch statistics. The last step of an epoch takes what is left.
  std::size_t accumulate = 1;
  plateau_rule plateau = {};  // of schedule_kind::plateau
  std::optional<stopping_rule> stopping = {};
  metric monitor = metric::val_loss;  // of `stopping`
};

// Where a run stands between two steps: all that the loop needs to go on, beside the trainer's
// image and the state of its optimizer.
struct position {
  int epoch = 1;          // in progress, from 1; one more than the recipe's when all are done
  std::size_t batch = 0;  // batches of that epoch that are done
  std::size_t step = 0;   // steps (updates) of the run that are done
  score_sums sums;        // of that epoch so far
  double seconds = 0;     // that it has taken so far
  feedback learned = {};  // from the epochs that are done
};

struct batch_report {
  int epoch;  // from 1
  std::size_t batch, batches;
  double loss;  // mean over the epoch so far
};

struct epoch_report {
  int epoch;
  score train;  // in training mode, as the weights moved
  std::optional<score> validation;
  double learning_rate;  // of the last step
  double seconds;
};

class training_observer {
 public:
  virtual ~training_observer() = default;
  virtual void on_batch(const batch_report&) = 0;
  // After each step, when all weights are finite; false ends the run there.
  virtual bool on_step(const position&) = 0;
  // The trainer's image holds the epoch's weights; `next` is where the run goes on.
  virtual void on_epoch(const epoch_report&, const position& next) = 0;
  virtual void on_batch_left_out(std::size_t n) = 0;  // once: too short for a batch norm
};

// Batches of an epoch over n samples: the last short one counts unless it is dropped.
std::size_t batches_per_epoch(std::size_t n, const recipe& r, const network_info& network);
std::size_t steps_per_epoch(std::size_t n, const recipe& r, const network_info& network);

// Throws user_error where the recipe learns from a validation part and there is none.
void require_validation(const recipe& r, const split& parts);

// `average` follows the weights, where it was told to; validated are exponentially averaged weights
// then.
// Trains from `begin` to the end of the recipe, until early stopping, or until the observer ends
// it; returns where the run stands then. Each step depends on its number, the image and the
// optimizer's state alone, so a run that goes on from where another stood computes the same bits.
// Throws check_failed as soon as the loss or a weight is no finite number, before the observer
// hears of that step; user_error for samples that are not finite, where `begin` is no place in this
// run, and where the recipe needs a validation part and there is none.
position train(const network_entry& network, trainer_core& trainer, pool* threads,
               const source_data& source, const split& parts, const recipe& r,
               training_observer& observer, weight_average& average, const position& begin = {});

}  // namespace tenon::runtime
