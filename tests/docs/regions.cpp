#include "regions.hpp"

#include <algorithm>
#include <stdexcept>

#include "markdown.hpp"

namespace docs {
namespace {

bool is_mark(const std::string& line, const std::string& mark) {
  const std::size_t from = line.find_first_not_of(' ');
  return from != std::string::npos &&
         (line.substr(from) == "// " + mark || line.substr(from) == "# " + mark ||
          line.substr(from) == "/* " + mark + " */");
}

// Marks of other regions inside this one are left out.
bool is_any_mark(const std::string& line) {
  const std::size_t open = line.find('['), close = line.find(']');
  return open != std::string::npos && close != std::string::npos && open < close &&
         is_mark(line, line.substr(open, close - open + 1));
}

void outdent(std::vector<std::string>& lines) {
  std::size_t least = std::string::npos;
  for (const std::string& line : lines) least = std::min(least, line.find_first_not_of(' '));
  if (least == std::string::npos) return;
  for (std::string& line : lines) line.erase(0, std::min(least, line.size()));
}

}  // namespace

std::vector<std::string> region(const std::string& path, const std::string& name) {
  const std::vector<std::string> file = read_lines(path);
  std::vector<std::string> lines;
  bool inside = name.empty(), found = inside;
  for (const std::string& line : file) {
    if (!name.empty() && is_mark(line, "[/" + name + "]")) inside = false;
    if (inside && !is_any_mark(line)) lines.push_back(line);
    if (!name.empty() && is_mark(line, "[" + name + "]")) inside = found = true;
  }
  if (!found) throw std::runtime_error(path + ": has no region [" + name + "]");
  outdent(lines);
  return lines;
}

}  // namespace docs
