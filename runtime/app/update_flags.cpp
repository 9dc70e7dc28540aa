#include "runtime/app/update_flags.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "runtime/app/flag_values.hpp"
#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

using enum optimizer;

struct named_optimizer {
  std::string_view name;
  optimizer method;
};
constexpr std::array optimizers{
    named_optimizer{"sgd", sgd},         named_optimizer{"adam", adam},
    named_optimizer{"adamw", adamw},     named_optimizer{"nadam", nadam},
    named_optimizer{"adamax", adamax},   named_optimizer{"lamb", lamb},
    named_optimizer{"rmsprop", rmsprop}, named_optimizer{"rmsproptf", rmsprop_tf},
    named_optimizer{"adagrad", adagrad}, named_optimizer{"adadelta", adadelta}};

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& o : optimizers) all.emplace_back(o.name);
  return all;
}

optimizer optimizer_named(const std::string& name) {
  const auto found = std::ranges::find(optimizers, std::string_view(name), &named_optimizer::name);
  if (found != optimizers.end()) return found->method;
  throw user_error(
      fmt::format("--opt {}: not known; there are {}", name, fmt::join(names(), ", ")));
}

std::string_view name_of(optimizer method) {
  return std::ranges::find(optimizers, method, &named_optimizer::method)->name;
}

// What each flag means to which optimizers.
struct flag_use {
  std::string_view flag;
  std::vector<optimizer> used_by;
};
const std::array uses{flag_use{"momentum", {sgd, rmsprop, rmsprop_tf}}, flag_use{"nesterov", {sgd}},
                      flag_use{"momentum-style", {sgd}},
                      flag_use{"opt-alpha", {rmsprop, rmsprop_tf, adadelta}},
                      flag_use{"opt-betas", {adam, adamw, adamax, nadam, lamb}}};

void require_used(optimizer method, const std::set<std::string>& given) {
  for (const flag_use& use : uses) {
    if (!given.contains(std::string(use.flag)) || std::ranges::count(use.used_by, method) != 0)
      continue;
    std::vector<std::string_view> who;
    for (const optimizer o : use.used_by) who.push_back(name_of(o));
    throw user_error(fmt::format("--{}: is of {}, and --opt {} has no use for it; leave it out",
                                 use.flag, fmt::join(who, ", "), name_of(method)));
  }
}

bool any_parameter_sets(const update_flags& u, std::string_view key) {
  return std::ranges::any_of(u.parameters, [&](const std::string& p) {
    return p.find(fmt::format(":{}=", key)) != std::string::npos ||
           p.find(fmt::format(",{}=", key)) != std::string::npos;
  });
}

// With one group of parameters, trust ratios would scale all of them, or none.
void require_groups(const update_flags& u) {
  if (u.weight_decay == 0 && !any_parameter_sets(u, "decay")) {
    throw user_error(
        "--opt lamb: nothing decays (--weight-decay 0), and only what decays has a trust ratio, so "
        "this would be Adam; give --weight-decay, such as 0.01, or --opt adam");
  }
  if (u.decay_all) {
    throw user_error(
        "--opt lamb: wants biases and norms in a group without decay and trust ratio: a bias "
        "begins at 0, and a step in proportion to it leaves it there; leave out --decay-all");
  }
  if (u.decay_style != "default") {
    throw user_error(
        "--weight-decay-style: lamb adds the decay to what its trust ratio scales; leave it out");
  }
}

void require_sense(const update_flags& u, optimizer method, const std::set<std::string>& given) {
  if (u.nesterov && (*u.momentum == 0 || u.momentum_style != "heavy-ball")) {
    throw user_error(
        "--nesterov: needs --opt sgd and a --momentum above 0 of --momentum-style heavy-ball");
  }
  if (method == lamb) require_groups(u);
  if (u.l1_proximal && u.l1 == 0 && !any_parameter_sets(u, "l1"))
    throw user_error("--l1-proximal: says how the penalty --l1 enters; give --l1 too");
  if (given.contains("max-norm-style") && u.max_norm == 0 && !any_parameter_sets(u, "max-norm"))
    throw user_error("--max-norm-style: says what --max-norm limits; give --max-norm too");
  if (given.contains("clip-mode") && u.clip == 0)
    throw user_error("--clip-mode: says how --clip-grad clips; give --clip-grad too");
  if (*u.epsilon < static_cast<double>(std::numeric_limits<float>::min())) {
    throw user_error(fmt::format(
        "--opt-eps {}: is 0 as a float, and weights without a gradient would be divided by it; "
        "give 1e-37 or more",
        *u.epsilon));
  }
}

// ---- flags

void add_optimizer(CLI::App& c, update_flags& u) {
  c.add_option("--opt", u.optimizer, fmt::format("{}", fmt::join(names(), ", ")))
      ->check(CLI::IsMember(names()))
      ->capture_default_str();
  c.add_option("--lr", u.learning_rate,
               "learning rate (default: 0.05 for sgd, 0.01 for adagrad and the rmsprops, 1 for "
               "adadelta, 0.002 for adamax and nadam, else 0.001)")
      ->check(not_negative());
  c.add_option("--momentum", u.momentum,
               "of sgd and rmsproptf (default: 0.9) and rmsprop (default: 0)")
      ->check(between(0, 1));
  c.add_flag("--nesterov", u.nesterov, "sgd: Nesterov's momentum");
  c.add_option("--momentum-style", u.momentum_style,
               "sgd: heavy-ball, v = m v + g, or ema, v = m v + (1 - m) g")
      ->check(CLI::IsMember({"heavy-ball", "ema"}))
      ->capture_default_str();
  c.add_option("--opt-betas", u.betas, "of the Adam family (default: 0.9 0.999)")
      ->expected(2)
      ->check(between(0, 1));
  c.add_option("--opt-alpha", u.alpha,
               "decay of squares (default: 0.99 for rmsprop, 0.9 for rmsproptf and adadelta)")
      ->check(between(0, 1));
  c.add_option("--opt-eps", u.epsilon,
               "of all but sgd (default: 1e-10 for adagrad and rmsproptf, 1e-6 for adadelta and "
               "lamb, else 1e-8)")
      ->check(positive());
}

void add_penalties(CLI::App& c, update_flags& u) {
  c.add_option("--weight-decay", u.weight_decay, "L2 penalty of weights, not of biases and norms")
      ->check(not_negative())
      ->capture_default_str();
  c.add_option("--weight-decay-style", u.decay_style,
               "coupled: added to the gradient, as the penalty's; decoupled: weights shrink beside "
               "the step; default: decoupled for adamw alone")
      ->check(CLI::IsMember({"default", "coupled", "decoupled"}))
      ->capture_default_str();
  c.add_flag("--decay-all", u.decay_all, "penalties and --max-norm on biases and norms too");
  c.add_option("--l1", u.l1, "L1 penalty: its subgradient is added to the gradient")
      ->check(not_negative())
      ->capture_default_str();
  c.add_flag("--l1-proximal", u.l1_proximal,
             "--l1 by soft threshold after each step instead: gives exact zeros");
  c.add_option("--max-norm", u.max_norm, "weights are scaled back to this norm after each step")
      ->check(not_negative())
      ->capture_default_str();
  c.add_option("--max-norm-style", u.max_norm_style,
               "of what enters one unit, or of a layer's whole weight")
      ->check(CLI::IsMember({"unit", "layer"}))
      ->capture_default_str();
}

void add_averages(CLI::App& c, update_flags& u) {
  c.add_flag("--model-ema", u.model_ema,
             "an exponential moving average of the weights is validated and saved");
  c.add_option("--model-ema-decay", u.model_ema_decay, "part of the average that a step keeps")
      ->check(between(0, 1))
      ->needs("--model-ema")
      ->capture_default_str();
  c.add_option("--swa-start", u.swa_start,
               "the mean of the weights after each epoch from this one on, with statistics of its "
               "own, becomes swa.safetensors and is tested")
      ->check(positive())
      ->excludes("--model-ema");
}

}  // namespace

void add_update_flags(CLI::App& c, update_flags& u) {
  add_optimizer(c, u);
  add_penalties(c, u);
  add_averages(c, u);
  c.add_option("--clip-grad", u.clip, "clip gradients at this")->check(positive());
  c.add_option("--clip-mode", u.clip_mode,
               "norm: of all gradients together; value: of each element; agc: of each unit, as a "
               "part of the norm of its weights")
      ->check(CLI::IsMember({"norm", "value", "agc"}))
      ->capture_default_str();
  c.add_option("--freeze", u.frozen,
               "parameters whose names match (conv2d_1.*,…) keep their bits; statistics of batch "
               "norms still follow the data")
      ->delimiter(',');
  c.add_option("--param", u.parameters,
               "PATTERN:KEY=VALUE,… for parameters of their own: lr (follows the schedule in "
               "proportion), decay, l1, max-norm");
  c.add_option("--accumulate", u.accumulate,
               "batches whose gradients make one step, or `epoch`: all of them, gradient descent")
      ->capture_default_str();
}

void settle(update_flags& u, const std::set<std::string>& given) {
  const optimizer method = optimizer_named(u.optimizer);
  require_used(method, given);
  const auto by_default = defaults<double>(method);
  if (!u.learning_rate) u.learning_rate = by_default.learning_rate;
  if (!u.momentum) u.momentum = by_default.momentum;
  if (!u.alpha) u.alpha = by_default.beta2;
  if (!u.betas) u.betas = {by_default.beta1, by_default.beta2};
  if (!u.epsilon) u.epsilon = by_default.epsilon;
  require_sense(u, method, given);
}

settings to_settings(const update_flags& u) {
  settings s;
  s.method = optimizer_named(u.optimizer);
  const bool squares_alone = s.method == rmsprop || s.method == rmsprop_tf || s.method == adadelta;
  s.nesterov = u.nesterov;
  s.ema_momentum = u.momentum_style == "ema";
  s.decay_all = u.decay_all;
  s.momentum = static_cast<float>(*u.momentum);
  s.weight_decay = static_cast<float>(u.weight_decay);
  s.style = u.decay_style == "coupled"     ? decay_style::coupled
            : u.decay_style == "decoupled" ? decay_style::decoupled
                                           : decay_style::by_method;
  s.beta1 = static_cast<float>(u.betas->at(0));
  s.beta2 = static_cast<float>(squares_alone ? *u.alpha : u.betas->at(1));
  s.epsilon = static_cast<float>(*u.epsilon);
  s.l1 = static_cast<float>(u.l1);
  s.l1_proximal = u.l1_proximal;
  s.max_norm = static_cast<float>(u.max_norm);
  s.norms = u.max_norm_style == "layer" ? norm_of::layer : norm_of::unit;
  s.clip = static_cast<float>(u.clip);
  if (u.clip > 0) {
    s.clips = u.clip_mode == "value" ? clip_mode::value
              : u.clip_mode == "agc" ? clip_mode::agc
                                     : clip_mode::norm;
  }
  return s;
}

averaging to_averaging(const update_flags& u) {
  if (u.model_ema)
    return {.what = averaging::kind::exponential, .decay = u.model_ema_decay, .start = 1};
  if (u.swa_start == 0) return {};
  return {.what = averaging::kind::epochs, .decay = 0, .start = u.swa_start};
}

std::size_t batches_per_step(const update_flags& u, std::size_t batches_per_epoch) {
  if (u.accumulate == "epoch") return std::max<std::size_t>(batches_per_epoch, 1);
  std::size_t k = 0;
  const char* const end = u.accumulate.data() + u.accumulate.size();
  const auto read = std::from_chars(u.accumulate.data(), end, k);
  if (read.ec == std::errc() && read.ptr == end && k > 0) return k;
  throw user_error(fmt::format(
      "--accumulate {}: is neither a number of batches (1 or more) nor `epoch`", u.accumulate));
}

}  // namespace tenon::runtime
