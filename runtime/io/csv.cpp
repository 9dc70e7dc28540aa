#include "runtime/io/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

void write_line(std::FILE* file, const std::string& line, const std::filesystem::path& path) {
  if (std::fputs(line.c_str(), file) < 0 || std::fputc('\n', file) < 0 || std::fflush(file) != 0) {
    throw user_error(fmt::format("cannot write {}", path.string()));
  }
}

}  // namespace

metrics_csv::metrics_csv(const std::filesystem::path& path, std::vector<std::string> columns)
    : path_(path), columns_(std::move(columns)), file_(std::fopen(path.c_str(), "w"), std::fclose) {
  if (!file_) throw user_error(fmt::format("cannot write {}", path.string()));
  std::ranges::sort(columns_);
  std::string line = "epoch";
  for (const auto& column : columns_) line += "," + column;
  write_line(file_.get(), line, path_);
}

void metrics_csv::add(int epoch, const std::vector<std::pair<std::string, double>>& values) {
  std::string line = std::to_string(epoch);
  for (const auto& column : columns_) {
    const auto found = std::ranges::find(values, column, &std::pair<std::string, double>::first);
    const bool known = found != values.end() && std::isfinite(found->second);
    line += known ? fmt::format(",{}", found->second) : ",NA";
  }
  write_line(file_.get(), line, path_);
}

}  // namespace tenon::runtime
