// The folder of one training run: arguments.json, metrics.csv, curves.svg, last.safetensors,
// best.safetensors, and `state`, from which all of them and the run itself can go on. With an
// exponential average of the weights, it is the average that `last` and `best` hold; the mean over
// epochs has a file of its own, swa.safetensors.
#pragma once
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/app/commands.hpp"
#include "runtime/app/folder_lock.hpp"
#include "runtime/io/csv.hpp"
#include "runtime/train/state.hpp"
#include "runtime/train/trainer.hpp"

namespace tenon::runtime {

// The state that --resume means: of a folder, the file itself, or, for `last`, of --output if it
// holds one, else of the run in runs/<network>-<n> with the largest n. Throws user_error if there
// is none.
std::filesystem::path find_state(const train_options& o, const network_info& network);

// Held by this process while it lives.
class run_folder {
 public:
  // For a new run: `o.output`, or the first free runs/<network>-<n>. Throws user_error if a run
  // lies there already and may not be overwritten.
  run_folder(const train_options& o, const network_info& network);
  // That of a run which goes on.
  run_folder(const std::filesystem::path& existing, const network_info& network);

  // Writes down what the run begins with, or goes on with: `record` and what the trainer holds.
  // best: the best weights so far, laid out as the image; may be empty. average outlives this.
  struct judging {
    bool validates;
    metric monitor;  // what "best" goes by
  };
  void begin(run_record record, std::span<const float> best, judging how, trainer_core& trainer,
             const weight_average& average);

  // Keeps the epoch: the state, metrics, last weights, and best ones where they are the best so
  // far; without validation the last are the best.
  void add(const epoch_report& report, const position& next, trainer_core& trainer);
  // Keeps the state in the middle of an epoch.
  void checkpoint(const position& at, trainer_core& trainer);
  // Makes sure of everything that was written, with the weights as they are now, and draws curves.
  void finish(trainer_core& trainer);
  void save_curves() const;
  // Gives the trainer the best weights so far, buffers and all; or the average, where that is what
  // was validated.
  void restore_best(trainer_core& trainer, weight_average& average) const;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path best() const { return path_ / "best.safetensors"; }
  std::filesystem::path last() const { return path_ / "last.safetensors"; }
  std::filesystem::path mean() const { return path_ / "swa.safetensors"; }
  // Writes the mean over epochs.
  void save_mean(std::span<const float> image) const;
  int best_epoch() const { return record_.best_epoch; }
  std::string checkpoint_text() const;  // of what: "epoch 3, step 120"

 private:
  bool is_better(const epoch_report& report);
  // The weights that are validated and saved.
  std::span<const float> served(trainer_core& trainer) const;
  void save_run_state(trainer_core& trainer);
  void save_others(std::span<const float> image, outlives what) const;

  std::filesystem::path path_;
  const network_info& network_;
  folder_lock lock_;
  run_record record_;
  metric monitor_ = metric::val_loss;
  std::vector<float> best_;
  const weight_average* average_ = nullptr;
  std::optional<metrics_csv> csv_;
};

}  // namespace tenon::runtime
