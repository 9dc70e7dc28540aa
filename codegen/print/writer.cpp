#include "codegen/print/writer.hpp"

#include <cmath>

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

}  // namespace

namespace {

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
