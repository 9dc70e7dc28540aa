// Tables as a source: which columns are features and targets, and which classes there are.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "runtime/data/source.hpp"
#include "runtime/data/table.hpp"
#include "runtime/io/csv_reader.hpp"
#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

using strings = std::vector<std::string>;

// Places in a record.
struct columns {
  std::vector<std::size_t> features, targets;
};

struct label {
  std::string text;
  std::size_t line;
};

std::vector<std::size_t> places(const table& t, const strings& names, const char* flag) {
  std::vector<std::size_t> found;
  for (const std::string& name : names) found.push_back(t.place_of(name, flag));
  return found;
}

void require_feature_count(const table& t, std::size_t have, const network_info& network) {
  if (have == count(network.input_shape)) return;
  throw user_error(
      fmt::format("{}: {} feature columns, network {} takes {}; choose with --features a,b,c",
                  t.name(), have, network.name, count(network.input_shape)));
}

columns choose(const table& t, const data_names& wanted, const network_info& network) {
  columns c;
  c.targets = wanted.targets.empty() ? std::vector{t.names().size() - 1}
                                     : places(t, wanted.targets, "--target");
  if (wanted.features.empty()) {
    for (std::size_t i = 0; i < t.names().size(); ++i) {
      if (std::ranges::find(c.targets, i) == c.targets.end()) c.features.push_back(i);
    }
  } else {
    c.features = places(t, wanted.features, "--features");
    for (const std::size_t i : c.features) {
      if (std::ranges::find(c.targets, i) == c.targets.end()) continue;
      throw user_error(
          fmt::format("--features {}: {} is the target; a feature that tells the "
                      "answer teaches nothing",
                      t.names()[i], t.names()[i]));
    }
  }
  require_feature_count(t, c.features.size(), network);
  const std::size_t targets = network.target_is_class ? 1 : count(network.target_shape);
  if (c.targets.size() != targets) {
    throw user_error(
        fmt::format("{}: {} target columns, network {} wants {}; name them with "
                    "--target a,b,c",
                    t.name(), c.targets.size(), network.name, targets));
  }
  return c;
}

// Appends every record; class fields stay text until all of them are known.
void read_records(table& t, const columns& c, bool classes, dataset& data,
                  std::vector<label>& labels) {
  data.shape = {c.features.size()};
  if (!classes) data.target_shape = {c.targets.size()};
  for (; t.more(); t.advance()) {
    t.require_whole();
    for (const std::size_t i : c.features) data.x.push_back(t.number(i));
    if (classes) {
      labels.push_back({t.text(c.targets[0]), t.line()});
    } else {
      for (const std::size_t i : c.targets) data.targets.push_back(t.number(i));
    }
  }
}

bool is_class_number(const std::string& text, int classes) {
  long value = 0;
  return parse_integer(text, value) && value >= 0 && value < classes;
}

// Class numbers as they are; else the distinct names in order, numbers by value.
strings names_in(const std::vector<label>& labels, const network_info& network,
                 const std::string& where) {
  if (std::ranges::all_of(labels,
                          [&](const label& l) { return is_class_number(l.text, network.classes); }))
    return {};
  std::map<std::string, long> values;
  bool numbers = true;
  for (const label& l : labels) {
    long value = 0;
    numbers = parse_integer(l.text, value) && numbers;
    values[l.text] = value;
    if (values.size() > static_cast<std::size_t>(network.classes)) {
      throw user_error(fmt::format(
          "{} holds more than the {} classes that network {} tells apart ('{}' in line {} is one "
          "too many); is it the right --target?",
          where, network.classes, network.name, l.text, l.line));
    }
  }
  strings names;
  for (const auto& [name, value] : values) names.push_back(name);
  if (numbers) std::ranges::stable_sort(names, {}, [&](const auto& n) { return values.at(n); });
  return names;
}

// Labels as positions in `names`, or as the numbers they are where no name is a number itself.
std::vector<std::int32_t> numbered(const std::vector<label>& labels, const strings& names,
                                   const network_info& network, const std::string& where) {
  const auto is_integer = [](const std::string& n) {
    long ignored = 0;
    return parse_integer(n, ignored);
  };
  const bool as_numbers = std::ranges::none_of(names, is_integer);
  std::map<std::string, std::int32_t> places;
  for (const std::string& n : names) places.emplace(n, static_cast<std::int32_t>(places.size()));
  std::vector<std::int32_t> classes;
  for (const label& l : labels) {
    long value = 0;
    if (const auto found = places.find(l.text); found != places.end()) {
      classes.push_back(found->second);
    } else if (as_numbers && is_class_number(l.text, network.classes) &&
               parse_integer(l.text, value)) {
      classes.push_back(static_cast<std::int32_t>(value));
    } else {
      throw user_error(fmt::format("{}: '{}' in line {} is no known class; known are {}", where,
                                   l.text, l.line,
                                   names.empty() ? fmt::format("0 to {}", network.classes - 1)
                                                 : fmt::format("{}", fmt::join(names, ", "))));
    }
  }
  return classes;
}

strings named(const table& t, const std::vector<std::size_t>& places) {
  strings names;
  for (const std::size_t i : places) names.push_back(t.names()[i]);
  return names;
}

}  // namespace

source_data load_csv(const std::string& paths, const network_info& network,
                     const source_options& options) {
  const auto files = split_at_commas(paths);
  if (files.size() > 2) {
    throw user_error(fmt::format("csv:{}: names {} files; csv:train.csv or csv:train.csv,test.csv",
                                 paths, files.size()));
  }
  source_data source;
  source.by_default = standardization::column;
  source.names = options.names;
  std::array<std::vector<label>, 2> labels;
  std::string where;
  for (std::size_t i = 0; i < files.size(); ++i) {
    table t(files[i], options.header);
    const columns c = choose(t, source.names, network);
    source.names.features = named(t, c.features);
    source.names.targets = named(t, c.targets);
    where = fmt::format("{}: column '{}'", paths, source.names.targets[0]);
    if (i == 1) source.test.emplace();
    read_records(t, c, network.target_is_class, i == 0 ? source.train : *source.test, labels[i]);
  }
  if (!network.target_is_class) return source;
  if (source.names.classes.empty()) {
    std::vector<label> all = labels[0];
    all.insert(all.end(), labels[1].begin(), labels[1].end());
    source.names.classes = names_in(all, network, where);
  }
  source.train.classes = numbered(labels[0], source.names.classes, network, where);
  if (source.test) source.test->classes = numbered(labels[1], source.names.classes, network, where);
  return source;
}

std::vector<float> load_csv_features(const std::filesystem::path& path, const network_info& network,
                                     const source_options& options) {
  table t(path, options.header);
  std::vector<std::size_t> features(t.names().size());
  std::iota(features.begin(), features.end(), std::size_t{0});
  if (!options.names.features.empty()) {
    features = places(t, options.names.features, "--features");
  }
  require_feature_count(t, features.size(), network);
  std::vector<float> x;
  for (; t.more(); t.advance()) {
    t.require_whole();
    for (const std::size_t i : features) x.push_back(t.number(i));
  }
  return x;
}

}  // namespace tenon::runtime
