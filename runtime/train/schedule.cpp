#include "runtime/train/schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "runtime/io/error.hpp"

namespace tenon::runtime {

schedule_kind schedule_named(std::string_view name) {
  if (name == "constant") return schedule_kind::constant;
  if (name == "step") return schedule_kind::step;
  if (name == "cosine") return schedule_kind::cosine;
  throw user_error(fmt::format("--sched {}: not known; there are constant, step and cosine", name));
}

double schedule::at(std::size_t step) const {
  const std::size_t warmup = static_cast<std::size_t>(warmup_epochs) * steps_per_epoch;
  if (step < warmup)
    return learning_rate * static_cast<double>(step + 1) / static_cast<double>(warmup);
  const auto epoch = static_cast<int>(step / steps_per_epoch);
  switch (kind) {
    case schedule_kind::constant:
      return learning_rate;
    case schedule_kind::step: {
      const auto passed =
          milestones.empty() ? epoch / decay_epochs
                             : std::ranges::count_if(milestones, [&](int m) { return epoch >= m; });
      return learning_rate * std::pow(decay_rate, static_cast<double>(passed));
    }
    case schedule_kind::cosine: {
      const std::size_t all = static_cast<std::size_t>(epochs) * steps_per_epoch;
      const double part = static_cast<double>(step - warmup) /
                          static_cast<double>(std::max<std::size_t>(all - warmup, 1));
      return least +
             (learning_rate - least) * (1 + std::cos(std::numbers::pi * std::min(part, 1.0))) / 2;
    }
  }
  throw internal_bug("schedule: unknown kind");
}

}  // namespace tenon::runtime
