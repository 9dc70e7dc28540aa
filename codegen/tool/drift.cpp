#include "codegen/tool/drift.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "codegen/tool/failure.hpp"
#include "codegen/tool/files.hpp"
#include "codegen/tool/process.hpp"

namespace tenon::tool {
namespace {

namespace fs = std::filesystem;

// "diff -u" with names that read as before and after; a sentence where no diff is installed.
std::string unified_diff(const fs::path& kept, const fs::path& fresh, const std::string& file) {
  outcome compared = run({"diff", "-u", "--label", file + " (kept)", "--label",
                          file + " (emitted now)", kept.string(), fresh.string()});
  return compared.status == 1 ? compared.output : "differs; install diffutils to see where\n";
}

}  // namespace

stated_options read_manifest(const fs::path& folder) {
  if (!fs::is_directory(folder)) {
    throw failure(fmt::format("--against {}: there is no such folder; make it with tenon emit",
                              folder.string()));
  }
  const fs::path file = folder / "manifest.json";
  if (!fs::exists(file)) {
    throw failure(
        fmt::format("--against {}: holds no manifest.json, so it was not written by tenon emit",
                    folder.string()));
  }
  try {
    const auto json = nlohmann::json::parse(read_file(file));
    return {.network = json.at("network"),
            .batch = json.at("batch"),
            .standalone = json.value("standalone", false),
            .embed = json.value("embed", false),
            .cuda = json.value("cuda", false),
            .precision = json.value("precision", ""),
            .tuned = json.value("tuned", ""),
            .off = json.value("passes_off", std::vector<std::string>()),
            .files = json.at("files")};
  } catch (const nlohmann::json::exception& error) {
    throw failure(fmt::format("{}: is no manifest of emitted source ({}); emit the source again",
                              file.string(), error.what()));
  }
}

std::vector<difference> drift(const fs::path& fresh, const fs::path& kept,
                              const std::vector<std::string>& listed) {
  std::set<std::string> emitted;
  for (const fs::directory_entry& file : fs::recursive_directory_iterator(fresh)) {
    if (file.is_regular_file()) emitted.insert(fs::relative(file.path(), fresh).string());
  }
  std::vector<difference> found;
  for (const std::string& file : emitted) {
    if (!fs::exists(kept / file)) {
      found.push_back({file, fmt::format("{}: missing, and emitted now\n", file)});
    } else if (read_file(kept / file) != read_file(fresh / file)) {
      found.push_back({file, unified_diff(kept / file, fresh / file, file)});
    }
  }
  for (const std::string& file : listed) {
    if (!emitted.contains(file))
      found.push_back({file, fmt::format("{}: kept, and emitted no more\n", file)});
  }
  return found;
}

}  // namespace tenon::tool
