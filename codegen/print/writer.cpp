#include "codegen/print/writer.hpp"

#include <algorithm>
#include <cmath>

#include "codegen/print/break_line.hpp"
#include "codegen/program.hpp"

namespace tenon::codegen {
namespace {

std::string literal(const std::string& digits, const char* suffix) {
  const bool plain = digits.find_first_of(".e") == std::string::npos;
  return digits + (plain ? ".0" : "") + suffix;
}

std::string special(double v, const char* type) {
  if (std::isnan(v)) return fmt::format("std::numeric_limits<{}>::quiet_NaN()", type);
  return fmt::format("{}std::numeric_limits<{}>::infinity()", v < 0 ? "-" : "", type);
}

const std::string& value_of(std::string_view name, const std::vector<placeholder>& values) {
  for (const placeholder& p : values) {
    if (p.name == name) return p.value;
  }
  throw internal_bug(fmt::format("a template names ${{{}}}, which has no value", name));
}

std::string filled(std::string_view line, const std::vector<placeholder>& values) {
  std::string out;
  while (true) {
    const std::size_t from = line.find("${"), to = line.find('}', from);
    if (from == std::string_view::npos || to == std::string_view::npos) return out.append(line);
    out.append(line.substr(0, from)).append(value_of(line.substr(from + 2, to - from - 2), values));
    line.remove_prefix(to + 1);
  }
}

void wrapped(writer& w, const std::string& text, const char* indentation) {
  const std::size_t width = line_width - static_cast<std::size_t>(2 * w.depth());
  for (const std::string& line : break_comment(text, indentation, width)) w.line(line);
}

}  // namespace

void writer::line(const std::string& text) {
  const std::size_t indentation = static_cast<std::size_t>(2 * depth_);
  for (const std::string& part : break_line(text, line_width - indentation)) {
    if (!part.empty()) out_.append(indentation, ' ').append(part);
    out_ += '\n';
  }
}

void writer::text(std::string_view lines, const std::vector<placeholder>& values) {
  for (std::size_t at = 1, end = 0; at < lines.size(); at = end + 1) {
    end = std::min(lines.find('\n', at), lines.size());
    line(filled(lines.substr(at, end - at), values));
  }
}

void comment(writer& w, const std::string& text) { wrapped(w, text, "    "); }
void paragraph(writer& w, const std::string& text) { wrapped(w, text, ""); }

std::string float_literal(double v) {
  const float f = static_cast<float>(v);
  if (!std::isfinite(f)) return special(v, "float");
  return literal(fmt::format("{}", f), "f");
}

std::string double_literal(double v) {
  if (!std::isfinite(v)) return special(v, "double");
  return literal(fmt::format("{}", v), "");
}

}  // namespace tenon::codegen
