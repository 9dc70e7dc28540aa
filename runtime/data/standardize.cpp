#include "runtime/data/standardize.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

constexpr std::array names{std::string_view("none"), std::string_view("pixel"),
                           std::string_view("channel"), std::string_view("column")};

std::size_t groups(const dataset& data, standardization kind, std::span<const int> input_shape) {
  if (kind != standardization::channel) return data.sample_size();
  if (input_shape.size() > 1) return static_cast<std::size_t>(input_shape[0]);
  return data.shape.size() == 3 ? data.shape[0] : 1;
}

// f(value, its mean, its deviation)
template <class F>
void for_each(const statistics& s, std::span<float> x, std::size_t sample_size, F f) {
  if (s.kind == standardization::none) return;
  if (s.mean.empty() || sample_size % s.mean.size() != 0) {
    throw user_error(fmt::format(
        "standardisation has {} values for samples of {}; were the weights trained on other data?",
        s.mean.size(), sample_size));
  }
  const std::size_t run = sample_size / s.mean.size();
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t group = i % sample_size / run;
    f(x[i], s.mean[group], s.deviation[group]);
  }
}

}  // namespace

std::string_view text(standardization kind) { return names[static_cast<std::size_t>(kind)]; }

standardization standardization_named(std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<standardization>(i);
  }
  throw user_error(fmt::format(
      "standardisation '{}' is not known; there are none, pixel, channel and column", name));
}

void statistics::apply(std::span<float> x, std::size_t sample_size) const {
  for_each(*this, x, sample_size, [](float& v, float m, float d) { v = (v - m) / d; });
}

void statistics::restore(std::span<float> x, std::size_t sample_size) const {
  for_each(*this, x, sample_size, [](float& v, float m, float d) { v = v * d + m; });
}

void statistics::restore_spread(std::span<float> x, std::size_t sample_size) const {
  for_each(*this, x, sample_size, [](float& v, float, float d) { v = v * d; });
}

std::string statistics::json() const {
  return nlohmann::ordered_json{{"kind", text(kind)}, {"mean", mean}, {"deviation", deviation}}
      .dump();
}

statistics statistics::from_json(const std::string& source) {
  statistics s;
  try {
    const auto parsed = nlohmann::json::parse(source);
    s.kind = standardization_named(parsed.at("kind").get<std::string>());
    s.mean = parsed.at("mean").get<std::vector<float>>();
    s.deviation = parsed.at("deviation").get<std::vector<float>>();
  } catch (const nlohmann::json::exception& e) {
    throw user_error(fmt::format("the weights' standardisation cannot be read: {}", e.what()));
  }
  if (s.mean.size() != s.deviation.size()) {
    throw user_error(fmt::format("the weights' standardisation has {} means and {} deviations",
                                 s.mean.size(), s.deviation.size()));
  }
  return s;
}

statistics measure(const dataset& data, std::span<const std::uint32_t> part, standardization kind,
                   std::span<const int> input_shape) {
  statistics s{.kind = kind, .mean = {}, .deviation = {}};
  if (kind == standardization::none) return s;
  const std::size_t size = data.sample_size(), n = groups(data, kind, input_shape), run = size / n;
  std::vector<double> sum(n), squares(n);
  const double values = static_cast<double>(part.size()) * static_cast<double>(run);
  // Twice through the data: the difference of large sums would lose digits.
  const auto each = [&](auto f) {
    for (const std::uint32_t i : part) {
      for (std::size_t k = 0; k < size; ++k) f(k / run, static_cast<double>(data.sample(i)[k]));
    }
  };
  each([&](std::size_t group, double x) { sum[group] += x; });
  for (double& value : sum) value /= values;
  each([&](std::size_t group, double x) { squares[group] += (x - sum[group]) * (x - sum[group]); });
  for (std::size_t i = 0; i < n; ++i) {
    const double deviation = std::sqrt(squares[i] / values);
    s.mean.push_back(static_cast<float>(sum[i]));
    s.deviation.push_back(deviation > 0 ? static_cast<float>(deviation) : 1.0F);
  }
  return s;
}

statistics measure_targets(const dataset& data, std::span<const std::uint32_t> part) {
  if (data.targets.empty() || !data.classes.empty()) {
    throw user_error("--standardize-target: the network's targets are classes, not values");
  }
  dataset targets;
  targets.shape = data.target_shape;
  targets.x = data.targets;
  return measure(targets, part, standardization::column, {});
}

}  // namespace tenon::runtime
