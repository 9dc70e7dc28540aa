// The learning rate of each step. Smooth schedules change with every step, stepwise ones with the
// epoch; a warm-up may stand before any.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tenon::runtime {

enum class schedule_kind : std::uint8_t {
  constant,
  step,
  multistep,
  plateau,  // lowered when the validation loss stalls: see feedback.hpp
  exponential,
  inverse_time,
  linear,
  cosine,
  one_cycle,
  polynomial
};
std::string_view text(schedule_kind kind);
schedule_kind schedule_named(std::string_view name);  // throws user_error
// The names, in the order of schedule_kind.
std::span<const std::string_view> schedule_names();

// Formulas. x: epochs since the warm-up; p: the part of the steps after the warm-up that is done.
//   step          learning_rate * decay_rate ^ floor(epoch / decay_epochs)
//   multistep     learning_rate * decay_rate ^ (milestones that have passed)
//   plateau       learning_rate * decay_rate ^ (reductions so far)
//   exponential   learning_rate * decay_rate ^ (x / decay_epochs)
//   inverse_time  learning_rate / (1 + decay_rate x / decay_epochs)
//   linear        least + (learning_rate - least) (1 - p)
//   polynomial    least + (learning_rate - least) (1 - p) ^ power
//   cosine        least + (learning_rate - least) (1 + cos(pi p)) / 2; with restarts, p is the part
//                 of a cycle (Loshchilov and Hutter: "SGDR", 2017)
//   one_cycle     cosine from learning_rate / rise_factor up to learning_rate, then down to
//                 learning_rate / rise_factor / fall_factor (Smith and Topin: "Super-convergence",
//                 2018; steps as PyTorch's OneCycleLR counts them)
struct schedule {
  schedule_kind kind = schedule_kind::constant;
  double learning_rate = 0.05;
  double least = 0;       // linear, polynomial, cosine end here; the others of x stay above it
  int warmup_epochs = 0;  // linear from warmup_from to where the schedule begins
  double warmup_from = 0;
  int decay_epochs = 30;
  std::vector<int> milestones;  // epochs
  double decay_rate = 0.1;
  double power = 2;
  int cycle_epochs = 0;     // of the first cycle of cosine; 0: one cycle, to the end
  double cycle_growth = 1;  // each cycle is so many times as long as the one before
  double cycle_decay = 1;   // and begins at so many times its height over `least`
  double rise = 0.3;        // part of the steps in which one_cycle rises
  double rise_factor = 25, fall_factor = 1e4;
  bool by_epoch = false;  // smooth ones change at the beginning of an epoch alone
  int epochs = 1;
  std::size_t steps_per_epoch = 1;

  // step counts from 0 over the whole run; reductions are the plateau's.
  double at(std::size_t step, int reductions = 0) const;
  // Whether the rates depend on where the run ends.
  bool depends_on_epochs() const;

 private:
  struct place;
  place place_of(std::size_t step) const;
  double after_warmup(const place& now, int reductions) const;
  double cosine(const place& now) const;
  double one_cycle(const place& now) const;
  double decayed(double exponent) const;
};

}  // namespace tenon::runtime
