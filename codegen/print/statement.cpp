#include "codegen/print/statement.hpp"

#include <string_view>

namespace tenon::codegen {
namespace {

// Whether a line may end before the space at i: after a comma or an operator, but before ? and :.
bool breaks_at(const std::string& s, std::size_t i) {
  const auto is_mark = [](char c) {
    return std::string_view("+-*/=<>&|?:").find(c) != std::string_view::npos;
  };
  const auto is_choice = [&](std::size_t at) {
    return at < s.size() && (s[at] == '?' || s[at] == ':');
  };
  if (i < 6 || is_choice(i - 1)) return false;
  if (is_choice(i + 1) || s[i - 1] == ',') return true;
  std::size_t token = i;
  while (token > 0 && is_mark(s[token - 1])) --token;
  return token < i && token > 0 && s[token - 1] == ' ' && s.find_first_not_of(' ') < token;
}

}  // namespace

void statement(writer& w, const std::string& text) {
  std::string rest = text;
  const std::size_t width = 100 - static_cast<std::size_t>(2 * w.depth());
  while (rest.size() > width) {
    std::size_t best = 0;
    int depth = 0, least = 0;
    for (std::size_t i = 0; i < width; ++i) {
      depth += rest[i] == '(' || rest[i] == '[' ? 1 : rest[i] == ')' || rest[i] == ']' ? -1 : 0;
      if (rest[i] != ' ' || !breaks_at(rest, i)) continue;
      if (best == 0 || depth <= least || best < width / 2) best = i, least = depth;
    }
    if (best == 0) break;
    w.line(rest.substr(0, best));
    rest = "    " + rest.substr(best + 1);
  }
  w.line(rest);
}

}  // namespace tenon::codegen
