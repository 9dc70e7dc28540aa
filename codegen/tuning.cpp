#include "codegen/tuning.hpp"

#include <fmt/format.h>

#include <sstream>
#include <stdexcept>

namespace tenon::codegen {
namespace {

constexpr int most = 64;  // rows or columns of a tile, by far

bool read_key(std::istream& from, std::string& key) {
  return from >> key && key.size() == 16 &&
         key.find_first_not_of("0123456789abcdef") == std::string::npos;
}

bool read_tile(std::istream& from, tile_choice& t) {
  char by = ' ';
  std::string outermost;
  if (!(from >> t.rows >> by >> t.columns >> outermost) || by != 'x') return false;
  t.columns_outermost = outermost == "columns";
  const auto fits = [](int n) { return n >= 1 && n <= most; };
  return fits(t.rows) && fits(t.columns) && (t.columns_outermost || outermost == "rows");
}

}  // namespace

tuning read_tuning(std::string_view text, std::string_view file) {
  tuning found;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::istringstream words(line.substr(0, line.find('#')));
    if ((words >> std::ws).eof()) continue;
    std::string key, rest;
    tile_choice t;
    if (!read_key(words, key) || !read_tile(words, t) || words >> rest) {
      throw std::runtime_error(
          fmt::format("{}: line {} is none of tenon tune's: '{}'; a line is like '93c1e0a15bd2f674 "
                      "6x2 columns'; write the file again with tenon tune",
                      file, number, line));
    }
    found[key] = t;
  }
  return found;
}

std::string to_text(const tile_choice& t) {
  return fmt::format("{}x{} {}", t.rows, t.columns, t.columns_outermost ? "columns" : "rows");
}

}  // namespace tenon::codegen
