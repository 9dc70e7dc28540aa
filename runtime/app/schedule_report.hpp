// Learning rates as people read them, without training.
#pragma once
#include <filesystem>
#include <vector>

#include "runtime/app/context.hpp"
#include "runtime/train/find_rate.hpp"
#include "runtime/train/trainer.hpp"

namespace tenon::runtime {

// A line per epoch: its number, its first step, the rates of its first and last step; as JSON, an
// object per line. A plateau's reductions are not known before: its rates are those without any.
void print_schedule(const context& where, const schedule& rate, bool json);

// What train --find-lr ends with: the suggestion, and the points as find_lr.csv and find_lr.svg in
// `folder`. Throws user_error where they lie there already and may not be replaced.
void report_rates(const context& where, const std::vector<rate_point>& points,
                  const std::filesystem::path& folder, bool may_replace, bool json);

}  // namespace tenon::runtime
