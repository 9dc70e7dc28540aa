// The flags of train that say how the learning rate goes and when to stop.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/core/network.hpp"
#include "runtime/train/trainer.hpp"

namespace CLI {
class App;
}

namespace tenon::runtime {

struct schedule_flags {
  std::string name = "constant";
  double min_learning_rate = 0;
  int warmup_epochs = 0;
  double warmup_learning_rate = 0;
  int decay_epochs = 30;
  std::vector<int> milestones;
  double decay_rate = 0.1;
  double power = 2;
  int cycle_epochs = 0;
  double cycle_growth = 1, cycle_decay = 1;
  double rise = 0.3, rise_factor = 25, fall_factor = 1e4;
  int patience_epochs = 10, cooldown_epochs = 0;
  double plateau_threshold = 1e-4;
  bool by_epoch = false;
};

struct stopping_flags {
  std::optional<int> patience;  // none: no early stopping
  double min_delta = 0;
  std::string monitor;  // by the network: val_top1 of classes, val_loss of values
  bool no_restore_best = false;
};

// Calls f(name, field) for all of them; names are those of the flags, with _ for -.
template <class Flags, class F>
void each_schedule_field(Flags& s, F f) {
  f("sched", s.name);
  f("min_lr", s.min_learning_rate);
  f("warmup_epochs", s.warmup_epochs);
  f("warmup_lr", s.warmup_learning_rate);
  f("decay_epochs", s.decay_epochs);
  f("decay_milestones", s.milestones);
  f("decay_rate", s.decay_rate);
  f("power", s.power);
  f("cycle_epochs", s.cycle_epochs);
  f("cycle_mul", s.cycle_growth);
  f("cycle_decay", s.cycle_decay);
  f("pct_start", s.rise);
  f("div_factor", s.rise_factor);
  f("final_div_factor", s.fall_factor);
  f("patience_epochs", s.patience_epochs);
  f("cooldown_epochs", s.cooldown_epochs);
  f("plateau_threshold", s.plateau_threshold);
  f("sched_on_epochs", s.by_epoch);
}
template <class Flags, class F>
void each_stopping_field(Flags& s, F f) {
  f("early_stopping", s.patience);
  f("min_delta", s.min_delta);
  f("monitor", s.monitor);
  f("no_restore_best", s.no_restore_best);
}

void add_schedule_flags(CLI::App& command, schedule_flags& flags);
void add_stopping_flags(CLI::App& command, stopping_flags& flags);

// Throws user_error for a flag in `given` that the schedule does not use, and for values that do
// not go together.
void require_used(const schedule_flags& s, double learning_rate,
                  const std::set<std::string>& given);

schedule to_schedule(const schedule_flags& flags, double learning_rate, int epochs,
                     std::size_t steps_per_epoch);
plateau_rule to_rule(const schedule_flags& flags);
std::optional<stopping_rule> to_rule(const stopping_flags& flags);
// Throws user_error for a network whose targets have no classes and val_top1.
metric to_metric(const stopping_flags& flags, const network_info& network);

}  // namespace tenon::runtime
