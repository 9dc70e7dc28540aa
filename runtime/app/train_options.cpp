#include "runtime/app/train_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

using json = nlohmann::ordered_json;

// Calls f(name, field) for every option that settles a run's numbers. Names are those of the flags,
// with _ for -.
template <class Options, class F>
void each_field(Options& o, F f) {
  f("data", o.data);
  f("epochs", o.epochs);
  f("batch_size", o.batch);
  each_update_field(o.update, f);
  each_schedule_field(o.schedule, f);
  each_stopping_field(o.stopping, f);
  each_weighting_field(o.weighting, f);
  f("bootstrap", o.bootstrap);
  f("seed", o.seed);
  f("val_fraction", o.validation_fraction);
  f("test_fraction", o.test_fraction);
  f("standardize", o.standardize);
  f("standardize_target", o.standardize_target);
  f("target", o.source.targets);
  f("features", o.source.features);
  f("no_header", o.source.no_header);
  f("resize", o.source.resize);
  f("classes", o.source.classes);
  f("initializer", o.initializer);
  f("drop_last", o.drop_last);
  f("init", o.init);
  f("init_skip", o.init_skip);
  f("checkpoint_every", o.checkpoint_every);
}

// These may differ from the stored ones; for --epochs see require_same_rates().
constexpr std::array free_names{"data", "epochs", "checkpoint_every"};

template <class T>
void put(json& to, const char* name, const T& value) {
  to[name] = value;
}
template <class T>
void put(json& to, const char* name, const std::optional<T>& value) {
  to[name] = value ? json(*value) : json();
}

template <class T>
void take(const json& from, T& value) {
  from.get_to(value);
}
template <class T>
void take(const json& from, std::optional<T>& value) {
  value = from.is_null() ? std::optional<T>() : from.get<T>();
}

// A name that a run of an older version lacks keeps its default.
void fill(train_options& o, const json& from) {
  each_field(o, [&](const char* name, auto& value) {
    if (from.contains(name)) take(from.at(name), value);
  });
}

json fields(const train_options& o) {
  json j = json::object();
  each_field(o, [&](const char* name, const auto& value) { put(j, name, value); });
  return j;
}

std::string flag_of(std::string name) {
  std::ranges::replace(name, '_', '-');
  return name;
}

// " --lr 0.01": as it could be typed.
std::string typed(const std::string& name, const json& value) {
  std::string text = " --" + flag_of(name);
  if (value == true) return text;
  if (value == false || value.is_null()) return " no" + text;
  if (value.is_string()) return text + " " + value.get<std::string>();
  if (!value.is_array()) return text + " " + value.dump();
  for (const json& v : value) text += " " + (v.is_string() ? v.get<std::string>() : v.dump());
  return text;
}

void require_agreement(const train_options& given, const json& stored, const std::string& from) {
  const json asked = fields(given);
  std::string was, is;
  for (const auto& [name, value] : asked.items()) {
    if (!given.given.contains(flag_of(name)) || std::ranges::count(free_names, name) != 0) continue;
    if (stored.contains(name) && stored.at(name) == value) continue;
    was += typed(name, stored.contains(name) ? stored.at(name) : json());
    is += typed(name, value);
  }
  if (is.empty()) return;
  throw user_error(fmt::format(
      "--resume {}: the run was begun with{}, asked is{}, which leads to other numbers; leave that "
      "out, or begin a new run from these weights with --init",
      from, was, is));
}

void require_same_rates(const train_options& o, int epochs, const std::string& from) {
  if (o.epochs == epochs || !to_schedule(o.schedule, 0, o.epochs, 1).depends_on_epochs()) return;
  throw user_error(fmt::format(
      "--resume {}: the run was begun with --epochs {}, asked is --epochs {}, and the learning "
      "rates of --sched {} depend on it; leave that out, or begin a new run from these weights "
      "with --init",
      from, o.epochs, epochs, o.schedule.name));
}

}  // namespace

std::string to_json(const train_options& o, const network_info& network) {
  json j{{"network", network.name}, {"signature", network.signature}, {"version", TENON_VERSION}};
  j.update(fields(o));
  return j.dump(2, ' ', false, json::error_handler_t::replace);  // paths need not be UTF-8
}

train_options resumed(const train_options& given, const std::string& stored,
                      const std::string& from) {
  const json kept = json::parse(stored);
  require_agreement(given, kept, from);
  train_options o = given;  // threads, output and the like
  fill(o, kept);
  if (given.given.contains("data")) o.data = given.data;
  if (given.given.contains("checkpoint-every")) o.checkpoint_every = given.checkpoint_every;
  if (given.given.contains("epochs")) {
    require_same_rates(o, given.epochs, from);
    o.epochs = given.epochs;
  }
  return o;
}

}  // namespace tenon::runtime
