#include "runtime/app/class_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/io/file.hpp"

namespace tenon::runtime {
namespace {

using strings = std::vector<std::string>;

std::string rate(std::optional<double> value) {
  return value ? fmt::format("{:.4f}", *value) : "-";
}

// Characters, not bytes: names may be UTF-8.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string left(const std::string& text, std::size_t columns) {
  return text + std::string(columns - std::min(columns, width(text)), ' ');
}

std::string right(const std::string& text, std::size_t columns) {
  return std::string(columns - std::min(columns, width(text)), ' ') + text;
}

std::size_t widest(const strings& texts) {
  std::size_t most = 0;
  for (const auto& t : texts) most = std::max(most, width(t));
  return most;
}

// The plain mean over the classes for which the rate is defined.
template <class Rate>
std::optional<double> mean(const confusion_matrix& m, Rate rate_of) {
  double sum = 0;
  int defined = 0;
  for (std::size_t k = 0; k < m.classes(); ++k) {
    if (const std::optional<double> value = rate_of(m.rates(k))) sum += *value, ++defined;
  }
  if (defined == 0) return {};
  return sum / defined;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

}  // namespace

std::string text_of_errors(const score& s) {
  return fmt::format("mse {:.6g}  mae {:.6g}  r2 {}", *s.mse, *s.mae,
                     s.r2 ? fmt::format("{:.4f}", *s.r2) : "none");
}

strings names_or_numbers(const strings& names, std::size_t classes) {
  strings all;
  for (std::size_t k = 0; k < classes; ++k) {
    all.push_back(k < names.size() ? names[k] : std::to_string(k));
  }
  return all;
}

void print_rates(const confusion_matrix& m, const strings& names, std::ostream& out) {
  constexpr const char* last_line = "mean";
  const std::size_t first = std::max(widest(names), width(last_line));
  const auto line = [&](const std::string& name, const class_rates& r) {
    out << fmt::format("{}  {:>9}  {:>6}  {:>6}  {:>7}\n", left(name, first), rate(r.precision),
                       rate(r.recall), rate(r.f1), r.support);
  };
  out << fmt::format("{}  precision  recall      F1  support\n", left("class", first));
  std::uint64_t samples = 0;
  for (std::size_t k = 0; k < m.classes(); ++k) {
    line(names[k], m.rates(k));
    samples += m.rates(k).support;
  }
  line(last_line, {.precision = mean(m, [](const class_rates& r) { return r.precision; }),
                   .recall = mean(m, [](const class_rates& r) { return r.recall; }),
                   .f1 = mean(m, [](const class_rates& r) { return r.f1; }),
                   .support = samples});
}

void print_matrix(const confusion_matrix& m, const strings& names, std::ostream& out) {
  const std::size_t first = std::max(widest(names), width("truth"));
  out << left("truth", first) << "  predicted as\n" << left("", first);
  std::vector<std::size_t> columns;
  for (std::size_t k = 0; k < m.classes(); ++k) {
    std::size_t wide = width(names[k]);
    for (std::size_t t = 0; t < m.classes(); ++t) {
      wide = std::max(wide, std::to_string(m.count(t, k)).size());
    }
    columns.push_back(wide);
    out << "  " << right(names[k], wide);
  }
  out << '\n';
  for (std::size_t t = 0; t < m.classes(); ++t) {
    out << left(names[t], first);
    for (std::size_t k = 0; k < m.classes(); ++k) {
      out << "  " << right(std::to_string(m.count(t, k)), columns[k]);
    }
    out << '\n';
  }
}

nlohmann::ordered_json rates_json(const confusion_matrix& m, const strings& names) {
  const auto or_null = [](std::optional<double> value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
  };
  auto all = nlohmann::ordered_json::array();
  for (std::size_t k = 0; k < m.classes(); ++k) {
    const class_rates r = m.rates(k);
    all.push_back({{"class", k},
                   {"name", names[k]},
                   {"precision", or_null(r.precision)},
                   {"recall", or_null(r.recall)},
                   {"f1", or_null(r.f1)},
                   {"support", r.support}});
  }
  return all;
}

void save_confusion_csv(const std::filesystem::path& path, const confusion_matrix& m,
                        const strings& names) {
  std::string text = "truth";
  for (const auto& name : names) text += "," + csv_field(name);
  text += '\n';
  for (std::size_t t = 0; t < m.classes(); ++t) {
    text += csv_field(names[t]);
    for (std::size_t k = 0; k < m.classes(); ++k) text += fmt::format(",{}", m.count(t, k));
    text += '\n';
  }
  save_atomically(path, text);
}

}  // namespace tenon::runtime
