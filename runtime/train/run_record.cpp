#include "runtime/train/run_record.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace tenon::runtime {
namespace {

using json = nlohmann::ordered_json;

// JSON has no infinity and no NaN.
json number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "infinity" : "-infinity";
}

double number(const json& value) {
  if (!value.is_string()) return value.get<double>();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto text = value.get<std::string>();
  return text == "infinity"    ? infinity
         : text == "-infinity" ? -infinity
                               : std::numeric_limits<double>::quiet_NaN();
}

using sums_row = std::array<double, sizeof(score_sums) / sizeof(double)>;

json row_of(const score_sums& sums) {
  json row = json::array();
  for (const double value : std::bit_cast<sums_row>(sums)) row.push_back(number(value));
  return row;
}

score_sums sums_of(const json& row) {
  sums_row values{};
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = number(row.at(i));
  return std::bit_cast<score_sums>(values);
}

json to_json(const epoch_values& e) {
  json values = json::object();
  for (const auto& [name, value] : e.values) values[name] = number(value);
  return {{"epoch", e.epoch}, {"values", std::move(values)}};
}

json to_json(const feedback& f) {
  return {{"plateau",
           {number(f.plateau.best), f.plateau.waited, f.plateau.cooling, f.plateau.reductions}},
          {"stopping", {number(f.stopping.best), f.stopping.waited, f.stopping.stopped}}};
}

feedback feedback_of(const json& j) {
  const json &p = j.at("plateau"), &s = j.at("stopping");
  return {
      .plateau = {.best = number(p.at(0)),
                  .waited = p.at(1).get<int>(),
                  .cooling = p.at(2).get<int>(),
                  .reductions = p.at(3).get<int>()},
      .stopping = {
          .best = number(s.at(0)), .waited = s.at(1).get<int>(), .stopped = s.at(2).get<bool>()}};
}

epoch_values epoch_of(const json& j) {
  epoch_values e{.epoch = j.at("epoch").get<int>(), .values = {}};
  for (const auto& [name, value] : j.at("values").items())
    e.values.emplace_back(name, number(value));
  return e;
}

}  // namespace

std::string progress_json(const run_record& r) {
  json epochs = json::array();
  for (const epoch_values& e : r.epochs) epochs.push_back(to_json(e));
  const json j{{"epoch", r.at.epoch},
               {"batch", r.at.batch},
               {"step", r.at.step},
               {"sums", row_of(r.at.sums)},
               {"seconds", number(r.at.seconds)},
               {"learned", to_json(r.at.learned)},
               {"best_epoch", r.best_epoch},
               {"best_score", number(r.best_score)},
               {"averaged", r.averaged},
               {"epochs", std::move(epochs)}};
  return j.dump();
}

void read_progress(const std::string& text, run_record& r) {
  const json j = json::parse(text);
  r.at = {.epoch = j.at("epoch").get<int>(),
          .batch = j.at("batch").get<std::size_t>(),
          .step = j.at("step").get<std::size_t>(),
          .sums = sums_of(j.at("sums")),
          .seconds = number(j.at("seconds")),
          .learned = j.contains("learned") ? feedback_of(j.at("learned")) : feedback()};
  r.best_epoch = j.at("best_epoch").get<int>();
  r.best_score = number(j.at("best_score"));
  if (j.contains("averaged")) r.averaged = j.at("averaged").get<std::size_t>();
  for (const json& e : j.at("epochs")) r.epochs.push_back(epoch_of(e));
}

}  // namespace tenon::runtime
