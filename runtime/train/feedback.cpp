#include "runtime/train/feedback.hpp"

#include <fmt/format.h>

#include "runtime/io/error.hpp"

namespace tenon::runtime {

std::string_view text(metric m) { return m == metric::val_loss ? "val_loss" : "val_top1"; }

metric metric_named(std::string_view name) {
  for (const metric m : {metric::val_loss, metric::val_top1}) {
    if (text(m) == name) return m;
  }
  throw user_error(fmt::format("--monitor {}: not known; there are val_loss and val_top1", name));
}

double merit(metric m, const score& s) { return m == metric::val_loss ? -s.loss : s.top1.value(); }

void observe(const plateau_rule& rule, double loss, plateau_state& state) {
  ++state.waited;
  if (loss < state.best * (1 - rule.threshold)) state.best = loss, state.waited = 0;
  if (state.cooling > 0) --state.cooling, state.waited = 0;
  if (state.waited <= rule.patience) return;
  ++state.reductions;
  state.cooling = rule.cooldown;
  state.waited = 0;
}

void observe(const stopping_rule& rule, double merit, stopping_state& state) {
  ++state.waited;
  if (merit > state.best + rule.min_delta) state.best = merit, state.waited = 0;
  state.stopped = state.stopped || state.waited > rule.patience;
}

}  // namespace tenon::runtime
