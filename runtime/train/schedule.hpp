// The learning rate of each step. Smooth schedules change with every step, stepwise ones with the
// epoch.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tenon::runtime {

enum class schedule_kind : std::uint8_t { constant, step, cosine };
schedule_kind schedule_named(std::string_view name);  // throws user_error

struct schedule {
  schedule_kind kind = schedule_kind::constant;
  double learning_rate = 0.05;
  double least = 0;       // cosine ends here
  int warmup_epochs = 0;  // linear from learning_rate / steps to learning_rate, in every schedule
  int decay_epochs = 30;  // step: after each so many epochs the rate is multiplied by decay_rate,
  std::vector<int> milestones;  // or, where given, after each of these
  double decay_rate = 0.1;
  int epochs = 1;
  std::size_t steps_per_epoch = 1;

  // step counts from 0 over the whole run.
  double at(std::size_t step) const;
};

}  // namespace tenon::runtime
