#include "runtime/train/schedule.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

constexpr std::array<std::string_view, 10> names{
    "constant",     "step",   "multistep", "plateau",   "exponential",
    "inverse_time", "linear", "cosine",    "one_cycle", "polynomial"};

// From `from` to `to` along half a wave of the cosine; part in [0, 1].
double half_wave(double from, double to, double part) {
  return to + (from - to) * (1 + std::cos(std::numbers::pi * part)) / 2;
}

}  // namespace

std::string_view text(schedule_kind kind) { return names[static_cast<std::size_t>(kind)]; }

std::span<const std::string_view> schedule_names() { return names; }

schedule_kind schedule_named(std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<schedule_kind>(found - names.begin());
  throw user_error(
      fmt::format("--sched {}: not known; there are {}", name, fmt::join(names, ", ")));
}

// Counted in steps, or in epochs where the rate changes with them alone.
struct schedule::place {
  std::size_t epoch;   // from 0, over the whole run
  std::size_t unit;    // over the whole run
  std::size_t warmup;  // units of the warm-up
  std::size_t rest;    // units after it, at least 1
  double x;            // epochs since the warm-up

  double since_warmup() const { return static_cast<double>(unit - warmup); }
  double part() const { return std::min(since_warmup() / static_cast<double>(rest), 1.0); }
};

schedule::place schedule::place_of(std::size_t step) const {
  const std::size_t per_epoch = by_epoch ? 1 : steps_per_epoch;
  place now{.epoch = step / steps_per_epoch,
            .unit = by_epoch ? step / steps_per_epoch : step,
            .warmup = static_cast<std::size_t>(warmup_epochs) * per_epoch,
            .rest = 1,
            .x = 0};
  const std::size_t all = static_cast<std::size_t>(epochs) * per_epoch;
  if (all > now.warmup) now.rest = all - now.warmup;
  if (now.unit >= now.warmup) now.x = now.since_warmup() / static_cast<double>(per_epoch);
  return now;
}

double schedule::at(std::size_t step, int reductions) const {
  const place now = place_of(step);
  if (now.unit >= now.warmup) return after_warmup(now, reductions);
  const double to = kind == schedule_kind::one_cycle ? learning_rate / rise_factor : learning_rate;
  return warmup_from +
         (to - warmup_from) * static_cast<double>(now.unit + 1) / static_cast<double>(now.warmup);
}

double schedule::after_warmup(const place& now, int reductions) const {
  switch (kind) {
    case schedule_kind::constant:
      return learning_rate;
    case schedule_kind::step:
    case schedule_kind::multistep: {
      const auto epoch = static_cast<int>(now.epoch);
      const auto passed =
          milestones.empty() ? epoch / decay_epochs
                             : std::ranges::count_if(milestones, [&](int m) { return epoch >= m; });
      return decayed(static_cast<double>(passed));
    }
    case schedule_kind::plateau:
      return std::max(decayed(reductions), least);
    case schedule_kind::exponential:
      return std::max(decayed(now.x / decay_epochs), least);
    case schedule_kind::inverse_time:
      return std::max(learning_rate / (1 + decay_rate * now.x / decay_epochs), least);
    case schedule_kind::linear:
      return least + (learning_rate - least) * (1 - now.part());
    case schedule_kind::polynomial:
      return least + (learning_rate - least) * std::pow(1 - now.part(), power);
    case schedule_kind::cosine:
      return cosine(now);
    case schedule_kind::one_cycle:
      return one_cycle(now);
  }
  throw internal_bug("schedule: unknown kind");
}

double schedule::decayed(double exponent) const {
  return learning_rate * std::pow(decay_rate, exponent);
}

double schedule::cosine(const place& now) const {
  if (cycle_epochs == 0) return half_wave(learning_rate, least, now.part());
  double length = cycle_epochs, begin = 0, number = 0;
  if (cycle_growth == 1) {
    number = std::floor(now.x / length);
    begin = number * length;
  } else {
    for (; now.x >= begin + length; ++number) begin += length, length *= cycle_growth;
  }
  const double peak = least + (learning_rate - least) * std::pow(cycle_decay, number);
  return half_wave(peak, least, (now.x - begin) / length);
}

// The highest rate is that of unit rise * rest - 1, which need not be a whole number.
double schedule::one_cycle(const place& now) const {
  const double first = learning_rate / rise_factor, last = first / fall_factor;
  const double top = rise * static_cast<double>(now.rest) - 1,
               end = static_cast<double>(now.rest) - 1, t = now.since_warmup();
  if (t < top) return half_wave(first, learning_rate, t / top);
  if (end <= top) return learning_rate;
  return half_wave(learning_rate, last, std::min((t - top) / (end - top), 1.0));
}

bool schedule::depends_on_epochs() const {
  switch (kind) {
    case schedule_kind::linear:
    case schedule_kind::polynomial:
    case schedule_kind::one_cycle:
      return true;
    case schedule_kind::cosine:
      return cycle_epochs == 0;
    default:
      return false;
  }
}

}  // namespace tenon::runtime
