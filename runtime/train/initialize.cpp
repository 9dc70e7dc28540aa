#include "runtime/train/initialize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>

#include "runtime/data/random_stream.hpp"
#include "runtime/io/error.hpp"
#include "runtime/train/image.hpp"
#include "runtime/train/orthogonal.hpp"

namespace tenon::runtime {
namespace {

void uniform(random_stream stream, double bound, std::span<float> values) {
  for (float& value : values) value = static_cast<float>(bound * (2 * stream.uniform() - 1));
}

void normal(random_stream stream, double deviation, std::span<float> values) {
  for (float& value : values) value = static_cast<float>(deviation * stream.normal());
}

void orthogonal(random_stream stream, const parameter_info& p, std::span<float> values) {
  std::vector<double> m(values.size());
  for (double& v : m) v = stream.normal();
  make_orthogonal(m, p.rows, p.row, p.value);
  std::ranges::transform(m, values.begin(), [](double v) { return static_cast<float>(v); });
}

// weight_g of weight_v: so the weights begin as they were drawn.
void row_norms(const parameter_info& p, std::span<const float> before, std::span<float> values) {
  const std::size_t rows = count(p), row = before.size() / rows;
  for (std::size_t r = 0; r < rows; ++r) {
    double squares = 0;
    for (const float v : before.subspan(r * row, row)) squares += double{v} * v;
    values[r] = static_cast<float>(std::sqrt(squares));
  }
}

parameter_info replaced(parameter_info p, const initial_choice& instead) {
  if (p.how != initializer::fan_in_uniform) return p;
  p.how = p.shape.size() > 1 ? instead.how : initializer::constant;
  p.value = p.shape.size() > 1 ? instead.value : 0;
  return p;
}

struct named {
  std::string_view name;
  initializer how;
  bool has_value = false;
};
constexpr named known[] = {
    {"he_normal", initializer::he_normal},         {"he_uniform", initializer::he_uniform},
    {"glorot_normal", initializer::glorot_normal}, {"glorot_uniform", initializer::glorot_uniform},
    {"lecun_normal", initializer::lecun_normal},   {"lecun_uniform", initializer::lecun_uniform},
    {"orthogonal", initializer::orthogonal},       {"normal", initializer::normal, true},
    {"uniform", initializer::uniform, true},       {"constant", initializer::constant, true}};

std::string list_of_names() {
  std::string names = "default";
  for (const named& n : known) names += fmt::format(", {}{}", n.name, n.has_value ? ":VALUE" : "");
  return names;
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
    case initializer::normal:
      return normal(stream, p.value, values);
    case initializer::uniform:
      return uniform(stream, p.value, values);
    case initializer::orthogonal:
      return orthogonal(stream, p, values);
    case initializer::he_uniform:
      return uniform(stream, std::sqrt(6 / fan_in), values);
    case initializer::he_normal:
      return normal(stream, std::sqrt(2 / fan_in), values);
    case initializer::glorot_uniform:
      return uniform(stream, std::sqrt(6 / both), values);
    case initializer::glorot_normal:
      return normal(stream, std::sqrt(2 / both), values);
    case initializer::lecun_uniform:
      return uniform(stream, std::sqrt(3 / fan_in), values);
    case initializer::lecun_normal:
      return normal(stream, std::sqrt(1 / fan_in), values);
    case initializer::fan_in_uniform:
      return uniform(stream, std::sqrt(1 / fan_in), values);
    case initializer::row_norms:
      break;
  }
  throw internal_bug(fmt::format("draw: parameter {} has no initialiser of its own", p.name));
}

void initialize(const network_info& network, std::span<float> image, std::uint64_t seed,
                const std::optional<initial_choice>& instead) {
  std::vector<float> before;
  for (std::size_t i = 0; i < network.parameters.size(); ++i) {
    const parameter_info& declared = network.parameters[i];
    const parameter_info p = instead && !declared.buffer ? replaced(declared, *instead) : declared;
    std::vector<float> values(count(p));
    if (p.how == initializer::row_norms)
      row_norms(p, before, values);
    else
      draw(p, seed, i, values);
    pack(p, values, image);
    before = std::move(values);
  }
}

std::optional<initial_choice> initializer_named(std::string_view name) {
  if (name == "default") return {};
  const std::size_t colon = name.find(':');
  const std::string_view head = name.substr(0, colon);
  const auto found = std::ranges::find(known, head, &named::name);
  if (found == std::end(known) || found->has_value != (colon != std::string_view::npos)) {
    throw user_error(
        fmt::format("--initializer {}: not known; there are {}", name, list_of_names()));
  }
  initial_choice choice{found->how, found->how == initializer::orthogonal ? 1.0 : 0.0};
  if (!found->has_value) return choice;
  const std::string_view number = name.substr(colon + 1);
  const auto [end, failed] =
      std::from_chars(number.data(), number.data() + number.size(), choice.value);
  const bool is_number = failed == std::errc() && end == number.data() + number.size();
  if (!is_number || !std::isfinite(choice.value) ||
      (choice.how != initializer::constant && choice.value <= 0)) {
    throw user_error(
        fmt::format("--initializer {}: '{}' is no number that can stand there; write {}:0.01", name,
                    number, head));
  }
  return choice;
}

namespace {

// The rows of a weight, one per unit.
struct unit_rows {
  std::vector<float> values;
  std::size_t row;

  std::span<const float> of(std::size_t r) const { return std::span(values).subspan(r * row, row); }
  bool all_equal() const {
    for (std::size_t i = row; i < values.size(); ++i) {
      if (values[i] != values[i - row]) return false;
    }
    return values.size() > row;
  }
  // Whether each unit reads all its inputs alike.
  bool each_constant() const {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i] != values[i / row * row]) return false;
    }
    return true;
  }
};

}  // namespace

std::vector<std::string> symmetries(const network_info& network, std::span<const float> image) {
  std::vector<std::string> found;
  std::string_view alike;  // the layer before, where its units are
  std::size_t units = 0;
  for (const parameter_info& p : network.parameters) {
    if (p.buffer || p.rows < 2 || (p.kind != "weight" && p.kind != "weight_v")) continue;
    unit_rows rows{std::vector<float>(count(p)), p.row};
    unpack(p, image, rows.values);
    if (!alike.empty() && rows.each_constant()) {
      found.push_back(fmt::format(
          "{}: its {} units begin alike, and {} reads them alike, so they stay alike however long "
          "they are trained; let their weights begin at random, as init<he_normal> does",
          alike, units, p.layer));
    }
    alike = rows.all_equal() ? p.layer : std::string_view();
    units = p.rows;
  }
  return found;
}

}  // namespace tenon::runtime
