#include "runtime/app/spread_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace tenon::runtime {

void print_spreads(const context& where, std::span<const layer_spread> all, bool json) {
  if (!json)
    where.out << fmt::format("{:<28} {:>12} {:>12}\n", "deviation behind", "activation",
                             "gradient");
  for (const layer_spread& s : all) {
    const bool has_gradient = !std::isnan(s.gradient);
    if (json) {
      nlohmann::ordered_json line{{"layer", s.layer}, {"activation", s.activation}};
      line["gradient"] = has_gradient ? nlohmann::ordered_json(s.gradient) : nullptr;
      where.out << line.dump() << '\n';
    } else {
      where.out << fmt::format("{:<28} {:>12.4g} {:>12}\n", s.layer, s.activation,
                               has_gradient ? fmt::format("{:.4g}", s.gradient) : "-");
    }
  }
}

}  // namespace tenon::runtime
