#include "runtime/data/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace tenon::runtime {
namespace {

bool is_missing(std::string_view text) {
  constexpr std::array<std::string_view, 9> spellings{"",     "NA",   "N/A",  "NaN", "nan",
                                                      "NULL", "null", "None", "?"};
  return std::ranges::find(spellings, text) != spellings.end();
}

}  // namespace

table::table(const std::filesystem::path& path, bool header)
    : content_(read_unpacked(path)),
      reader_({reinterpret_cast<const char*>(content_.data()), content_.size()}, path.string()) {
  if (!reader_.next(record_)) throw user_error(fmt::format("{}: is empty", name()));
  if (header) {
    names_ = record_;
    require_header();
    advance();
  } else {
    for (std::size_t i = 1; i <= record_.size(); ++i) names_.push_back(std::to_string(i));
  }
}

// A first line that is data would be lost without a word.
void table::require_header() const {
  constexpr const char* what_to_do =
      "add a line with the columns' names, or give --no-header (they are then 1, 2, …)";
  if (names_.size() == 1 && names_[0].find_first_of(";\t") != std::string::npos) {
    throw user_error(fmt::format(
        "{}: the first line has no comma but ';' or tabs; only commas separate fields", name()));
  }
  std::set<std::string_view> known;
  for (const std::string& column : names_) {
    float value = 0;
    long integer = 0;
    if (parse_number(column, value) && !parse_integer(column, integer)) {
      throw user_error(fmt::format("{}: its first line holds the number {}, so it is no header; {}",
                                   name(), column, what_to_do));
    }
    if (!known.insert(column).second) {
      throw user_error(fmt::format("{}: two columns of its first line are named '{}'; {}", name(),
                                   column, what_to_do));
    }
  }
}

std::size_t table::place_of(const std::string& wanted, const char* flag) const {
  const auto found = std::ranges::find(names_, wanted);
  if (found == names_.end()) {
    throw user_error(fmt::format("{} {}: {} has no such column; it has {}", flag, wanted, name(),
                                 fmt::join(names_, ", ")));
  }
  return static_cast<std::size_t>(found - names_.begin());
}

void table::require_whole() const {
  if (record_.size() == names_.size()) return;
  throw user_error(fmt::format("{}: line {} has {} fields, the first line has {}", name(), line(),
                               record_.size(), names_.size()));
}

float table::number(std::size_t column) const {
  float value = 0;
  if (parse_number(record_[column], value)) return value;
  throw bad_field(column,
                  "is no finite number; leave the column out with --features, or turn it into "
                  "numbers");
}

const std::string& table::text(std::size_t column) const {
  if (is_missing(record_[column])) throw bad_field(column, "");
  return record_[column];
}

user_error table::bad_field(std::size_t column, const char* wrong) const {
  const std::string where = fmt::format("{}: line {}, column '{}'", name(), line(), names_[column]);
  if (is_missing(record_[column])) {
    return user_error(fmt::format(
        "{}: the value is missing ('{}'); fill it in or delete the line, nothing is guessed", where,
        record_[column]));
  }
  return user_error(fmt::format("{}: '{}' {}", where, record_[column].substr(0, 40), wrong));
}

}  // namespace tenon::runtime
