#include "runtime/app/weighting.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>

#include "runtime/io/error.hpp"
#include "runtime/io/npy.hpp"

namespace tenon::runtime {
namespace {

void require_weighted(const char* flag, const network_info& network) {
  if (network.weighted) return;
  throw user_error(fmt::format(
      "{}: the loss of network {} counts all samples alike; declare it with the option weighted, "
      "such as {}(weighted), and build it again",
      flag, network.name,
      network.tells_classes() ? "softmax_cross_entropy" : "mean_squared_error"));
}

void require_weight(double weight, const std::string& what) {
  if (std::isfinite(weight) && weight >= 0) return;
  throw user_error(fmt::format("{} is {}; weights are finite and 0 or more", what, weight));
}

double parse(const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end) {
    throw user_error(fmt::format(
        "--class-weights: '{}' is no number; give one per class, or the word balanced", text));
  }
  return value;
}

std::vector<double> balanced(const dataset& data, std::span<const std::uint32_t> part,
                             std::size_t classes) {
  std::vector<double> of_class(classes);
  for (const std::uint32_t i : part) ++of_class[static_cast<std::size_t>(data.classes[i])];
  const double share = static_cast<double>(part.size()) / static_cast<double>(classes);
  for (double& each : of_class) each = each > 0 ? share / each : 0;
  return of_class;
}

std::vector<float> read_weights(const std::string& file, std::size_t samples) {
  const npy_array array = read_npy(file);
  if (array.count() != samples) {
    throw user_error(
        fmt::format("--sample-weights {}: holds {} numbers, the training data have {} samples; it "
                    "wants one for each, in their order",
                    file, array.count(), samples));
  }
  std::vector<float> weights = array.floats();
  for (std::size_t i = 0; i < weights.size(); ++i)
    require_weight(weights[i],
                   fmt::format("--sample-weights {}: the weight of sample {}", file, i));
  return weights;
}

}  // namespace

void add_weighting_flags(CLI::App& c, weighting_flags& w) {
  c.add_option("--class-weights", w.classes,
               "how much samples of each class count: a number per class, or `balanced`, so that "
               "all classes count alike (the loss must be declared `weighted`)")
      ->expected(1, -1);
  c.add_option("--sample-weights", w.samples,
               "npy file [n]: how much each sample of the training data counts (likewise)");
}

std::vector<double> class_weights(const std::vector<std::string>& flag, const dataset& data,
                                  std::span<const std::uint32_t> part,
                                  const network_info& network) {
  if (!network.target_is_class) {
    throw user_error(fmt::format(
        "--class-weights: the targets of network {} are {}, not class numbers; give each sample "
        "its weight with --sample-weights FILE.npy",
        network.name, network.target_is_distribution ? "shares of classes" : "values"));
  }
  const auto classes = static_cast<std::size_t>(network.classes);
  if (flag.size() == 1 && flag[0] == "balanced") return balanced(data, part, classes);
  std::vector<double> weights;
  for (const std::string& text : flag) {
    weights.push_back(parse(text));
    require_weight(weights.back(),
                   fmt::format("--class-weights: the weight of class {}", weights.size() - 1));
  }
  if (weights.size() != classes) {
    throw user_error(
        fmt::format("--class-weights: {} numbers, network {} tells {} classes apart; give one each",
                    weights.size(), network.name, classes));
  }
  return weights;
}

void weigh(dataset& data, std::span<const std::uint32_t> part, const weighting_flags& flags,
           const network_info& network) {
  if (!flags.samples.empty()) {
    require_weighted("--sample-weights", network);
    data.weights = read_weights(flags.samples, data.samples());
  }
  if (flags.classes.empty()) return;
  require_weighted("--class-weights", network);
  const auto of_class = class_weights(flags.classes, data, part, network);
  data.weights.resize(data.samples(), 1.0F);
  for (std::size_t i = 0; i < data.samples(); ++i) {
    const auto c = static_cast<std::size_t>(data.classes[i]);
    data.weights[i] = static_cast<float>(data.weights[i] * of_class[c]);
  }
}

}  // namespace tenon::runtime
