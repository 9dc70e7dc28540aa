#include "codegen/tool/report/markup.hpp"

#include <fmt/format.h>

#include <array>

namespace tenon::tool {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string grouped(long value) {
  std::string s = std::to_string(value);
  for (int i = static_cast<int>(s.size()) - 3; i > (value < 0 ? 1 : 0); i -= 3)
    s.insert(static_cast<std::size_t>(i), ",");
  return s;
}

std::string bytes_text(double bytes) {
  constexpr std::array units{"B", "KiB", "MiB", "GiB"};
  std::size_t unit = 0;
  for (; bytes >= 10'000 && unit + 1 < units.size(); ++unit) bytes /= 1024;
  if (unit == 0) return fmt::format("{} B", grouped(static_cast<long>(bytes)));
  return fmt::format("{:.1f} {}", bytes, units[unit]);
}

std::string table(std::string_view columns, const std::vector<std::string>& heads,
                  const std::vector<std::vector<std::string>>& rows) {
  const auto row = [&](const char* cell, const std::vector<std::string>& words) {
    std::string line = "<tr>";
    for (std::size_t i = 0; i < words.size(); ++i)
      line += fmt::format("<{}{}>{}</{}>", cell, columns[i] == 'r' ? " class=\"n\"" : "",
                          escaped(words[i]), cell);
    return line + "</tr>\n";
  };
  std::string text = "<table>\n<thead>" + row("th", heads) + "</thead>\n<tbody>\n";
  for (const std::vector<std::string>& words : rows) text += row("td", words);
  return text + "</tbody>\n</table>\n";
}

// Hues a golden angle apart never come close soon.
std::string colour(std::size_t number) {
  return fmt::format("hsl({} 55% {}%)", (number * 137) % 360, 62 + 8 * (number % 3));
}

}  // namespace tenon::tool
