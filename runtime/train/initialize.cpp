#include "runtime/train/initialize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "runtime/data/random_stream.hpp"
#include "runtime/io/error.hpp"
#include "runtime/train/image.hpp"

namespace tenon::runtime {
namespace {

void uniform(random_stream stream, double bound, std::span<float> values) {
  for (float& value : values) value = static_cast<float>(bound * (2 * stream.uniform() - 1));
}

void normal(random_stream stream, double deviation, std::span<float> values) {
  for (float& value : values) value = static_cast<float>(deviation * stream.normal());
}

parameter_info replaced(parameter_info p, initializer instead) {
  if (p.buffer || p.how == initializer::constant) return p;
  p.how = p.shape.size() > 1 ? instead : initializer::constant;
  p.value = 0;
  return p;
}

}  // namespace

void draw(const parameter_info& p, std::uint64_t seed, std::uint64_t index,
          std::span<float> values) {
  const random_stream stream(seed, purpose::initial_weights, index);
  const auto fan_in = static_cast<double>(std::max(p.fan_in, 1L));
  const double both = fan_in + static_cast<double>(std::max(p.fan_out, 1L));
  switch (p.how) {  // a uniform distribution over [-b, b) has variance b² / 3
    case initializer::constant:
      std::ranges::fill(values, static_cast<float>(p.value));
      return;
    case initializer::he_uniform:
      return uniform(stream, std::sqrt(6 / fan_in), values);
    case initializer::he_normal:
      return normal(stream, std::sqrt(2 / fan_in), values);
    case initializer::glorot_uniform:
      return uniform(stream, std::sqrt(6 / both), values);
    case initializer::glorot_normal:
      return normal(stream, std::sqrt(2 / both), values);
    case initializer::fan_in_uniform:
      return uniform(stream, std::sqrt(1 / fan_in), values);
  }
  throw internal_bug(fmt::format("draw: parameter {} has an unknown initialiser", p.name));
}

void initialize(const network_info& network, std::span<float> image, std::uint64_t seed,
                std::optional<initializer> instead) {
  for (std::size_t i = 0; i < network.parameters.size(); ++i) {
    const parameter_info& declared = network.parameters[i];
    const parameter_info p = instead ? replaced(declared, *instead) : declared;
    std::vector<float> values(count(p));
    draw(p, seed, i, values);
    pack(p, values, image);
  }
}

std::optional<initializer> initializer_named(std::string_view name) {
  if (name == "default") return {};
  if (name == "he_normal") return initializer::he_normal;
  if (name == "he_uniform") return initializer::he_uniform;
  if (name == "glorot_normal") return initializer::glorot_normal;
  if (name == "glorot_uniform") return initializer::glorot_uniform;
  throw user_error(fmt::format(
      "--initializer {}: not known; there are default, he_normal, he_uniform, glorot_normal and "
      "glorot_uniform",
      name));
}

}  // namespace tenon::runtime
