#include "runtime/data/class_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "runtime/io/file.hpp"

namespace tenon::runtime {

std::vector<std::string> read_class_names(const std::filesystem::path& path) {
  const bytes content = read_file(path);
  std::string_view rest(reinterpret_cast<const char*>(content.data()), content.size());
  while (!rest.empty() && (rest.back() == '\n' || rest.back() == '\r')) rest.remove_suffix(1);
  std::vector<std::string> names;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    std::string_view name = rest.substr(0, end);
    if (name.ends_with('\r')) name.remove_suffix(1);
    if (name.empty() || std::ranges::find(names, name) != names.end()) {
      throw user_error(fmt::format(
          "{}: line {} {}; it wants one name per line, in order of class numbers", path.string(),
          names.size() + 1, name.empty() ? "is empty" : fmt::format("repeats '{}'", name)));
    }
    names.emplace_back(name);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (names.empty()) throw user_error(fmt::format("{}: holds no names", path.string()));
  return names;
}

std::vector<std::string> class_names_in(const std::filesystem::path& folder) {
  for (const char* file : {"classes.txt", "class_names.txt", "batches.meta.txt"}) {
    if (std::filesystem::is_regular_file(folder / file)) return read_class_names(folder / file);
  }
  return {};
}

}  // namespace tenon::runtime
