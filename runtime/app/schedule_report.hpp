// Learning rates as people read them, without training.
#pragma once
#include "runtime/app/context.hpp"
#include "runtime/train/trainer.hpp"

namespace tenon::runtime {

// A line per epoch: its number, its first step, the rates of its first and last step; as JSON, an
// object per line. A plateau's reductions are not known before: its rates are those without any.
void print_schedule(const context& where, const schedule& rate, bool json);

}  // namespace tenon::runtime
