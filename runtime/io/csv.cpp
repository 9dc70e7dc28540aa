#include "runtime/io/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tenon::runtime {

metrics_csv::metrics_csv(std::vector<std::string> columns) : columns_(std::move(columns)) {
  std::ranges::sort(columns_);
  for (const auto& column : columns_) text_ += "," + column;
  text_ += '\n';
}

void metrics_csv::add(const epoch_values& row) {
  text_ += std::to_string(row.epoch);
  for (const auto& column : columns_) {
    const auto found =
        std::ranges::find(row.values, column, &std::pair<std::string, double>::first);
    const bool known = found != row.values.end() && std::isfinite(found->second);
    text_ += known ? fmt::format(",{}", found->second) : ",NA";
  }
  text_ += '\n';
}

}  // namespace tenon::runtime
