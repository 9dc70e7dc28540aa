#include "markdown.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace docs {
namespace {

std::vector<std::string> words_of_comment(const std::string& line) {
  if (!line.starts_with("<!--") || !line.ends_with("-->")) return {};
  std::istringstream in(line.substr(4, line.size() - 7));
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

}  // namespace

std::vector<std::string> read_lines(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error(path + ": cannot be read");
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

void write_lines(const std::string& path, const std::vector<std::string>& lines) {
  std::ofstream out(path);
  for (const std::string& line : lines) out << line << '\n';
  if (!out.flush()) throw std::runtime_error(path + ": cannot be written");
}

document read(const std::string& path) {
  document d{path, read_lines(path), {}};
  for (std::size_t i = 0; i < d.lines.size(); ++i) {
    if (!d.lines[i].starts_with("```")) continue;
    block b;
    b.language = d.lines[i].substr(3);
    b.line = i + 1;
    if (i > 0) b.mark = words_of_comment(d.lines[i - 1]);
    b.first = i + 1;
    for (++i; i < d.lines.size() && d.lines[i] != "```"; ++i) b.lines.push_back(d.lines[i]);
    if (i == d.lines.size())
      throw std::runtime_error(path + ":" + std::to_string(b.line) + ": this block has no end");
    b.last = i;
    d.blocks.push_back(b);
  }
  return d;
}

void replace(document& d, const std::vector<std::vector<std::string>>& inside) {
  for (std::size_t i = d.blocks.size(); i-- > 0;) {
    const block& b = d.blocks[i];
    const auto at = d.lines.begin() + static_cast<std::ptrdiff_t>(b.first);
    const auto next = d.lines.erase(at, d.lines.begin() + static_cast<std::ptrdiff_t>(b.last));
    d.lines.insert(next, inside[i].begin(), inside[i].end());
  }
}

}  // namespace docs
