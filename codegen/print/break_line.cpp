#include "codegen/print/break_line.hpp"

#include <string_view>

namespace tenon::codegen {
namespace {

bool is_operator(char c) {
  return std::string_view("+-*/=<>&|?:").find(c) != std::string_view::npos;
}

// How well a line may end before the space at i: 0 not at all, 1 after an operator, but before ?
// and
// :, 2 after a comma or a semicolon.
int ends_at(const std::string& s, std::size_t i) {
  const auto is_choice = [&](std::size_t at) {
    return at < s.size() && (s[at] == '?' || s[at] == ':') && s[at - 1] == ' ';
  };
  if (i < 6 || is_choice(i - 1)) return 0;
  if (s[i - 1] == ',' || s[i - 1] == ';') return 2;
  if (is_choice(i + 1)) return 1;
  std::size_t token = i;
  while (token > 0 && is_operator(s[token - 1])) --token;
  const bool whole = token < i && token > 0 && s[token - 1] == ' ';
  return whole && s.find_first_not_of(' ') < token ? 1 : 0;
}

// What the reader of `s` meets from left to right: nesting, and whether it is text in quotes.
struct nesting {
  int depth = 0;
  bool quoted = false;
  void meet(const std::string& s, std::size_t i) {
    if (s[i] == '"' && (i == 0 || s[i - 1] != '\\')) quoted = !quoted;
    if (quoted) return;
    if (std::string_view("([{").find(s[i]) != std::string_view::npos) ++depth;
    if (std::string_view(")]}").find(s[i]) != std::string_view::npos) --depth;
  }
};

// The space to cut at, or 0: the least nested of those that leave a full line or a last one.
std::size_t cut_of(const std::string& s, std::size_t width) {
  const std::size_t from = s.find_first_not_of(' ');
  std::size_t best = 0;
  int least = 0;
  bool good = false;
  nesting now;
  for (std::size_t i = 0; i <= width && i < s.size(); ++i) {
    now.meet(s, i);
    const int end = now.quoted || s[i] != ' ' ? 0 : ends_at(s, i);
    if (end == 0) continue;
    const int cost = 2 * now.depth - end;
    const bool fills = i >= width / 2 || from + 4 + s.size() - i <= width;
    if (good && (!fills || cost > least)) continue;
    best = i, least = cost, good = fills;
  }
  return best;
}

// Where a comment at the end of a line begins, with the spaces before it; npos without one.
std::size_t comment_of(const std::string& s) {
  nesting now;
  for (std::size_t i = 0; i + 1 < s.size(); ++i) {
    now.meet(s, i);
    if (!now.quoted && s[i] == '/' && s[i + 1] == '/') return s.find_last_not_of(' ', i - 1) + 1;
  }
  return std::string::npos;
}

}  // namespace

std::vector<std::string> break_comment(const std::string& text, const std::string& indentation,
                                       std::size_t width) {
  std::vector<std::string> lines;
  std::string rest = text;
  while (rest.size() + 3 > width) {
    const std::size_t at = rest.rfind(' ', width - 3);
    if (at == std::string::npos || at <= indentation.size()) break;
    lines.push_back("// " + rest.substr(0, at));
    rest = indentation + rest.substr(at + 1);
  }
  lines.push_back(rest.empty() ? "//" : "// " + rest);
  return lines;
}

std::vector<std::string> break_line(const std::string& text, std::size_t width) {
  const std::size_t from = text.find_first_not_of(' ');
  if (text.size() <= width || text[from] == '#') return {text};
  if (text.starts_with("// ")) return break_comment(text.substr(3), "", width);
  std::vector<std::string> lines;
  const std::string indentation(from, ' ');
  std::string rest = text;
  if (const std::size_t at = comment_of(text); at != std::string::npos) {
    const std::string said = text.substr(text.find_first_not_of("/ ", at));
    for (const std::string& line : break_comment(said, "", width - from))
      lines.push_back(indentation + line);
    rest = text.substr(0, at);
    if (rest.find_first_not_of(' ') == std::string::npos) return lines;
  }
  while (rest.size() > width) {
    const std::size_t at = cut_of(rest, width);
    if (at <= from + 4) break;
    lines.push_back(rest.substr(0, at));
    rest = indentation + "    " + rest.substr(at + 1);
  }
  lines.push_back(rest);
  return lines;
}

}  // namespace tenon::codegen
