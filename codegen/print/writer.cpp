#include "codegen/print/writer.hpp"

#include <algorithm>
#include <cmath>

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
  const std::size_t width = 97 - static_cast<std::size_t>(2 * w.depth());
  std::string rest = text;
  while (rest.size() > width) {
    const std::size_t at = rest.rfind(' ', width);
    if (at == std::string::npos || at == 0) break;
    w.line("// " + rest.substr(0, at));
    rest = indentation + rest.substr(at + 1);
  }
  w.line(rest.empty() ? "//" : "// " + rest);
}

}  // namespace

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
