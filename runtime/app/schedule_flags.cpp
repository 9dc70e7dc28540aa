#include "runtime/app/schedule_flags.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "runtime/app/flag_values.hpp"
#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

using enum schedule_kind;
using kinds = std::vector<schedule_kind>;

// What each flag means to which schedules; a flag without schedules serves all of them.
struct flag_use {
  std::string_view flag;
  kinds used_by;
};
const std::array uses{
    flag_use{"min-lr", {plateau, exponential, inverse_time, linear, cosine, polynomial}},
    flag_use{"decay-epochs", {step, exponential, inverse_time}},
    flag_use{"decay-milestones", {multistep}},
    flag_use{"decay-rate", {step, multistep, plateau, exponential, inverse_time}},
    flag_use{"power", {polynomial}},
    flag_use{"cycle-epochs", {cosine}},
    flag_use{"cycle-mul", {cosine}},
    flag_use{"cycle-decay", {cosine}},
    flag_use{"pct-start", {one_cycle}},
    flag_use{"div-factor", {one_cycle}},
    flag_use{"final-div-factor", {one_cycle}},
    flag_use{"patience-epochs", {plateau}},
    flag_use{"cooldown-epochs", {plateau}},
    flag_use{"plateau-threshold", {plateau}},
    flag_use{"sched-on-epochs",
             {exponential, inverse_time, linear, cosine, one_cycle, polynomial}}};

std::string listed(const kinds& of) {
  std::vector<std::string_view> names;
  for (const schedule_kind k : of) names.push_back(text(k));
  return fmt::format("{}", fmt::join(names, ", "));
}

void add_cycle_flags(CLI::App& c, schedule_flags& s) {
  c.add_option("--cycle-epochs", s.cycle_epochs, "cosine: restart after so many epochs")
      ->check(positive());
  c.add_option("--cycle-mul", s.cycle_growth,
               "cosine: each cycle is so many times as long as the one before")
      ->check(between(1, 1e6))
      ->needs("--cycle-epochs")
      ->capture_default_str();
  c.add_option("--cycle-decay", s.cycle_decay,
               "cosine: and begins at so many times its height over --min-lr")
      ->check(between(0, 1))
      ->needs("--cycle-epochs")
      ->capture_default_str();
  c.add_option("--pct-start", s.rise,
               "one_cycle: part of the steps in which the rate rises to --lr")
      ->check(between(0, 1))
      ->capture_default_str();
  c.add_option("--div-factor", s.rise_factor, "one_cycle: begins at --lr divided by it")
      ->check(positive())
      ->capture_default_str();
  c.add_option("--final-div-factor", s.fall_factor,
               "one_cycle: ends at the beginning's rate divided by it")
      ->check(positive())
      ->capture_default_str();
}

void add_plateau_flags(CLI::App& c, schedule_flags& s) {
  c.add_option("--patience-epochs", s.patience_epochs,
               "plateau: epochs without a better validation loss that are let pass")
      ->check(not_negative())
      ->capture_default_str();
  c.add_option("--cooldown-epochs", s.cooldown_epochs,
               "plateau: epochs after a reduction that do not count")
      ->check(not_negative())
      ->capture_default_str();
  c.add_option("--plateau-threshold", s.plateau_threshold,
               "plateau: better is by more than this part of the best loss")
      ->check(between(0, 1))
      ->capture_default_str();
}

}  // namespace

void add_schedule_flags(CLI::App& c, schedule_flags& s) {
  const auto names = schedule_names();
  c.add_option("--sched", s.name, fmt::format("learning rates: {}", fmt::join(names, ", ")))
      ->check(CLI::IsMember(std::vector<std::string>(names.begin(), names.end())))
      ->capture_default_str();
  c.add_option("--min-lr", s.min_learning_rate,
               "where linear, cosine and polynomial end, and below which no other goes")
      ->check(not_negative())
      ->capture_default_str();
  c.add_option("--warmup-epochs", s.warmup_epochs, "epochs of linear warm-up before any schedule")
      ->check(not_negative())
      ->capture_default_str();
  c.add_option("--warmup-lr", s.warmup_learning_rate, "where the warm-up comes from")
      ->check(not_negative())
      ->needs("--warmup-epochs")
      ->capture_default_str();
  c.add_option("--decay-epochs", s.decay_epochs,
               "step: multiply by --decay-rate after each so many epochs; exponential, "
               "inverse_time: the epochs that --decay-rate stands for")
      ->check(positive())
      ->capture_default_str();
  c.add_option("--decay-milestones", s.milestones,
               "multistep: multiply by --decay-rate after each of these epochs")
      ->check(positive());
  c.add_option("--decay-rate", s.decay_rate,
               "of step, multistep, plateau, exponential, inverse_time")
      ->check(not_negative())
      ->capture_default_str();
  c.add_option("--power", s.power, "of polynomial")->check(positive())->capture_default_str();
  add_cycle_flags(c, s);
  add_plateau_flags(c, s);
  c.add_flag("--sched-on-epochs", s.by_epoch,
             "smooth schedules change at the beginning of each epoch, not with each step");
}

void add_stopping_flags(CLI::App& c, stopping_flags& s) {
  c.add_option("--early-stopping", s.patience,
               "stop when the validation part has not improved for more than so many epochs; 0: at "
               "the first worsening")
      ->expected(0, 1)
      ->check(not_negative())
      ->default_str("10");
  c.add_option("--min-delta", s.min_delta, "what counts as improvement is more than this")
      ->check(not_negative())
      ->needs("--early-stopping")
      ->capture_default_str();
  c.add_option("--monitor", s.monitor,
               "what the best weights and early stopping go by: val_loss or val_top1 (default: "
               "val_top1 of classes, val_loss of values)")
      ->check(CLI::IsMember({"val_loss", "val_top1"}));
  c.add_flag("--no-restore-best", s.no_restore_best,
             "end with the last weights, not with the best ones")
      ->needs("--early-stopping");
}

void require_used(const schedule_flags& s, double learning_rate,
                  const std::set<std::string>& given) {
  const schedule_kind kind = schedule_named(s.name);
  for (const auto& [flag, used_by] : uses) {
    if (!given.contains(std::string(flag)) || std::ranges::count(used_by, kind) != 0) continue;
    throw user_error(
        fmt::format("--{}: --sched {} does not use it, but {}; leave it out, or name "
                    "another schedule",
                    flag, s.name, listed(used_by)));
  }
  if (kind == multistep && s.milestones.empty()) {
    throw user_error(
        "--sched multistep: needs --decay-milestones, the epochs after which the rate falls, such "
        "as --decay-milestones 30 60 90");
  }
  if (given.contains("min-lr") && s.min_learning_rate > learning_rate) {
    throw user_error(fmt::format("--min-lr {}: is above the learning rate {}; give a smaller one",
                                 s.min_learning_rate, learning_rate));
  }
}

schedule to_schedule(const schedule_flags& s, double learning_rate, int epochs,
                     std::size_t steps_per_epoch) {
  return {.kind = schedule_named(s.name),
          .learning_rate = learning_rate,
          .least = s.min_learning_rate,
          .warmup_epochs = s.warmup_epochs,
          .warmup_from = s.warmup_learning_rate,
          .decay_epochs = s.decay_epochs,
          .milestones = s.milestones,
          .decay_rate = s.decay_rate,
          .power = s.power,
          .cycle_epochs = s.cycle_epochs,
          .cycle_growth = s.cycle_growth,
          .cycle_decay = s.cycle_decay,
          .rise = s.rise,
          .rise_factor = s.rise_factor,
          .fall_factor = s.fall_factor,
          .by_epoch = s.by_epoch,
          .epochs = epochs,
          .steps_per_epoch = steps_per_epoch};
}

plateau_rule to_rule(const schedule_flags& s) {
  return {.patience = s.patience_epochs,
          .threshold = s.plateau_threshold,
          .cooldown = s.cooldown_epochs};
}

std::optional<stopping_rule> to_rule(const stopping_flags& s) {
  if (!s.patience) return {};
  return stopping_rule{.patience = *s.patience, .min_delta = s.min_delta};
}

metric to_metric(const stopping_flags& s, const network_info& network) {
  if (s.monitor.empty()) return network.tells_classes() ? metric::val_top1 : metric::val_loss;
  const metric m = metric_named(s.monitor);
  if (m == metric::val_top1 && !network.tells_classes()) {
    throw user_error(
        fmt::format("--monitor val_top1: network {} predicts values, not classes; go by val_loss",
                    network.name));
  }
  return m;
}

}  // namespace tenon::runtime
