// An own reader: Debian's libcsv tells neither lines nor columns, which every message here needs.
#include "runtime/io/csv_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF", blanks = " \t";

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

template <class T>
bool parse(std::string_view text, T& value) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failed == std::errc() && end == text.data() + text.size() && !text.empty();
}

}  // namespace

csv_reader::csv_reader(std::string_view text, std::string name)
    : rest_(text), name_(std::move(name)) {
  if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
}

void csv_reader::skip_line_end() {
  if (rest_.empty()) return;
  rest_.remove_prefix(rest_.starts_with("\r\n") ? 2 : 1);
  ++next_line_;
}

bool csv_reader::next(std::vector<std::string>& fields) {
  fields.clear();
  while (!rest_.empty() && at_line_end()) skip_line_end();
  if (rest_.empty()) return false;
  line_ = next_line_;
  fields.push_back(field());
  while (rest_.starts_with(',')) {
    rest_.remove_prefix(1);
    fields.push_back(field());
  }
  skip_line_end();
  return true;
}

// Up to the comma or line end behind it.
std::string csv_reader::field() {
  const auto begin = rest_.find_first_not_of(blanks);
  if (begin != std::string_view::npos && rest_[begin] == '"') {
    rest_.remove_prefix(begin + 1);
    return quoted();
  }
  const auto end = std::min(rest_.find_first_of(",\r\n"), rest_.size());
  const std::string_view text = rest_.substr(0, end);
  if (text.find('"') != std::string_view::npos) {
    throw user_error(fmt::format(
        "{}: line {}: a quote stands inside the unquoted field '{}'; quote the whole field and "
        "double the quotes in it",
        name_, next_line_, text.substr(0, 40)));
  }
  rest_.remove_prefix(end);
  return std::string(trimmed(text));
}

// Behind the opening quote; a line end may be part of the field.
std::string csv_reader::quoted() {
  const std::size_t begins = next_line_;
  std::string text;
  for (;;) {
    const auto quote = rest_.find('"');
    if (quote == std::string_view::npos) {
      throw user_error(fmt::format("{}: the quote that opens a field in line {} is never closed",
                                   name_, begins));
    }
    for (const char c : rest_.substr(0, quote)) next_line_ += c == '\n';
    text += rest_.substr(0, quote);
    rest_.remove_prefix(quote + 1);
    if (!rest_.starts_with('"')) break;
    text += '"';
    rest_.remove_prefix(1);
  }
  while (!rest_.empty() && blanks.find(rest_[0]) != std::string_view::npos) rest_.remove_prefix(1);
  if (!at_line_end() && rest_[0] != ',') {
    throw user_error(fmt::format(
        "{}: line {}: after a quoted field comes '{}', where a comma or the line's end belongs",
        name_, next_line_, rest_[0]));
  }
  return text;
}

bool parse_number(std::string_view text, float& value) {
  double wide = 0;
  // A comparison that is false for NaN too.
  if (!parse(text, wide) || !(std::abs(wide) <= double{std::numeric_limits<float>::max()})) {
    return false;
  }
  value = static_cast<float>(wide);
  return true;
}

bool parse_integer(std::string_view text, long& value) { return parse(text, value); }

}  // namespace tenon::runtime
