// What a run learns from its validation part: when to lower the learning rate, when to stop.
// Nothing here looks at the test part.
#pragma once
#include <cstdint>
#include <limits>
#include <string_view>

#include "runtime/train/metrics.hpp"

namespace tenon::runtime {

// What "better" means, for the best weights and for early stopping.
enum class metric : std::uint8_t { val_loss, val_top1 };
std::string_view text(metric m);
metric metric_named(std::string_view name);  // throws user_error
// The larger the better. s has what m asks for.
double merit(metric m, const score& s);

// As PyTorch's ReduceLROnPlateau in its relative mode: after more than `patience` epochs without a
// loss below (1 - threshold) times the best one, one more reduction; then `cooldown` epochs that do
// not count.
struct plateau_rule {
  int patience = 10;
  double threshold = 1e-4;
  int cooldown = 0;
};
struct plateau_state {
  double best = std::numeric_limits<double>::infinity();
  int waited = 0, cooling = 0, reductions = 0;
};
void observe(const plateau_rule& rule, double loss, plateau_state& state);

// Stops after more than `patience` epochs in a row whose merit is not above the best one by more
// than min_delta: a patience of 0 stops at the first worsening.
struct stopping_rule {
  int patience = 10;
  double min_delta = 0;
};
struct stopping_state {
  double best = -std::numeric_limits<double>::infinity();
  int waited = 0;
  bool stopped = false;
};
void observe(const stopping_rule& rule, double merit, stopping_state& state);

struct feedback {
  plateau_state plateau;
  stopping_state stopping;
};

}  // namespace tenon::runtime
