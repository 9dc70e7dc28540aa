#include "codegen/tool/installation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "codegen/tool/failure.hpp"
#include "codegen/tool/files.hpp"

namespace tenon::tool {
namespace {

namespace fs = std::filesystem;

std::string library(std::string_view value, const fs::path& folder) {
  if (value.starts_with("-")) return std::string(value);
  return (folder / value).lexically_normal().string();
}

bool add(installation& place, std::string_view kind, std::string_view value,
         const fs::path& folder) {
  const auto path = [&] { return (folder / value).lexically_normal(); };
  if (kind == "compiler") {
    place.compilers.emplace_back(value);
  } else if (kind == "option") {
    place.options.emplace_back(value);
  } else if (kind == "include") {
    place.includes.push_back(path());
  } else if (kind == "core-include") {
    place.core.push_back(path());
  } else if (kind == "generator-library") {
    place.generator_libraries.push_back(library(value, folder));
  } else if (kind == "executable-library") {
    place.executable_libraries.push_back(library(value, folder));
  } else if (kind == "templates") {
    place.templates = path();
  } else {
    return false;
  }
  return true;
}

}  // namespace

installation read_installation(std::string_view text, const fs::path& folder) {
  installation place;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t blank = line.find(' ');
    if (line.empty()) continue;
    if (blank == line.npos || !add(place, line.substr(0, blank), line.substr(blank + 1), folder)) {
      throw failure(
          fmt::format("tenon.paths: cannot read the line '{}'; build or install Tenon again", line),
          {}, our_bug);
    }
  }
  return place;
}

installation find_installation() {
  const fs::path bin = fs::read_symlink("/proc/self/exe").parent_path();
  const std::array places{bin / "tenon.paths", bin / TENON_PATHS_FROM_BIN};
  const auto found = std::ranges::find_if(places, [](const fs::path& p) { return fs::exists(p); });
  if (found == places.end()) {
    throw failure(
        fmt::format("found no Tenon headers and libraries: neither {} nor {} exists; install with "
                    "cmake --install, and move the whole prefix, not the program alone",
                    places[0].string(), places[1].lexically_normal().string()));
  }
  return read_installation(read_file(*found), found->parent_path());
}

}  // namespace tenon::tool
