// Writes down what the trainer reports: to the run folder, and to standard output as lines or JSON;
// and ends the run where a signal asks for it.
#pragma once
#include <cstddef>
#include <optional>
#include <string>

#include "runtime/app/context.hpp"
#include "runtime/app/interruption.hpp"
#include "runtime/app/progress.hpp"
#include "runtime/app/run_folder.hpp"
#include "runtime/train/trainer.hpp"

namespace tenon::runtime {

class train_report final : public training_observer {
 public:
  train_report(const context& where, const train_options& o, run_folder& folder,
               trainer_core& trainer, const interruption& stop);

  void on_batch(const batch_report& r) override;
  bool on_step(const position& at) override;
  void on_epoch(const epoch_report& r, const position& next) override;
  void on_batch_left_out(std::size_t n) override;

 private:
  void print_json(const epoch_report& r) const;

  const context& where_;
  bool json_;
  std::size_t checkpoint_every_;
  run_folder& folder_;
  trainer_core& trainer_;
  const interruption& stop_;
  progress progress_;
};

// That early stopping ended the run, and why.
void print_stopped(const context& where, const run_folder& folder, const position& end,
                   const stopping_flags& flags);

// The weights that a training ends with, and what they are.
struct served_weights {
  std::filesystem::path path;
  std::string what;
};
// The best ones of the folder.
served_weights what_is_served(const run_folder& folder, const weight_average& average,
                              bool validates);

// What a training ends with, without and with --json. tested: the score on the test part, if there
// is one. hash: of the weights as last trained.
void print_end(const context& where, const run_folder& folder, const served_weights& served,
               const std::optional<score>& tested);
void print_end_json(const context& where, const served_weights& served,
                    const std::optional<score>& tested, const position& end,
                    const std::string& hash);

}  // namespace tenon::runtime
