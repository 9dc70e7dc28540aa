// The flags of train that say how parameters are updated: optimizer, penalties, constraints,
// clipping, what is different for single parameters, and averages of the weights.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/core/network.hpp"
#include "runtime/train/average.hpp"

namespace CLI {
class App;
}

namespace tenon::runtime {

struct update_flags {
  std::string optimizer = "sgd";
  std::optional<double> learning_rate, momentum, alpha, epsilon;  // by the optimizer
  std::optional<std::vector<double>> betas;
  bool nesterov = false;
  std::string momentum_style = "heavy-ball";
  double weight_decay = 0;
  std::string decay_style = "default";
  bool decay_all = false;
  double l1 = 0;
  bool l1_proximal = false;
  double max_norm = 0;
  std::string max_norm_style = "unit";
  double clip = 0;
  std::string clip_mode = "norm";
  std::vector<std::string> frozen;      // patterns
  std::vector<std::string> parameters;  // "PATTERN:lr=0.1,decay=0"
  std::string accumulate = "1";         // or "epoch"
  bool model_ema = false;
  double model_ema_decay = 0.9998;
  int swa_start = 0;  // epoch; 0: no mean over epochs
};

// Calls f(name, field) for all of them; names are those of the flags, with _ for -.
template <class Flags, class F>
void each_update_field(Flags& u, F f) {
  f("opt", u.optimizer);
  f("lr", u.learning_rate);
  f("momentum", u.momentum);
  f("nesterov", u.nesterov);
  f("momentum_style", u.momentum_style);
  f("opt_alpha", u.alpha);
  f("opt_betas", u.betas);
  f("opt_eps", u.epsilon);
  f("weight_decay", u.weight_decay);
  f("weight_decay_style", u.decay_style);
  f("decay_all", u.decay_all);
  f("l1", u.l1);
  f("l1_proximal", u.l1_proximal);
  f("max_norm", u.max_norm);
  f("max_norm_style", u.max_norm_style);
  f("clip_grad", u.clip);
  f("clip_mode", u.clip_mode);
  f("freeze", u.frozen);
  f("param", u.parameters);
  f("accumulate", u.accumulate);
  f("model_ema", u.model_ema);
  f("model_ema_decay", u.model_ema_decay);
  f("swa_start", u.swa_start);
}

void add_update_flags(CLI::App& command, update_flags& flags);

// Fills in what the optimizer takes where nothing is said. Throws user_error for flags in `given`
// that it has no use for, and for values that do not go together.
void settle(update_flags& flags, const std::set<std::string>& given);

// Of settled flags; without the learning rate, step and seed.
settings to_settings(const update_flags& flags);

// One per parameter where some are different, else none. Throws user_error for a pattern that
// matches no parameter, and for what cannot be read.
std::vector<parameter_rule> to_rules(const update_flags& flags, const network_info& network);

averaging to_averaging(const update_flags& flags);

// Batches that make one step: K, or all of an epoch. Throws user_error.
std::size_t batches_per_step(const update_flags& flags, std::size_t batches_per_epoch);

}  // namespace tenon::runtime
