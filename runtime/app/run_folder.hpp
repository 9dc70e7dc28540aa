// The folder of one training run: arguments.json, metrics.csv, curves.svg, last.safetensors,
// best.safetensors.
#pragma once
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/app/commands.hpp"
#include "runtime/io/csv.hpp"
#include "runtime/train/trainer.hpp"
#include "runtime/train/weights.hpp"

namespace tenon::runtime {

class run_folder {
 public:
  // Makes the folder, `o.output` or the first free runs/<network>-<n>. Throws user_error if a run
  // lies there already and may not be overwritten.
  run_folder(const train_options& o, const network_info& network, weights_about about,
             bool validates);

  // Keeps the epoch: metrics, last weights, and best ones where they are the best so far: by
  // validation accuracy, by validation loss where targets are values; without validation the last
  // are the best.
  void add(const epoch_report& report, std::span<const float> image);
  void save_curves() const;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path best() const { return path_ / "best.safetensors"; }
  std::filesystem::path last() const { return path_ / "last.safetensors"; }
  int best_epoch() const { return best_epoch_; }

 private:
  bool is_better(const epoch_report& report);

  std::filesystem::path path_;
  const network_info& network_;
  weights_about about_;
  std::optional<metrics_csv> csv_;
  std::vector<epoch_report> epochs_;
  int best_epoch_ = 0;
  double best_value_ = 0;
};

}  // namespace tenon::runtime
