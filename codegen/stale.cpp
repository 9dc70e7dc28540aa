#include "codegen/stale.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

namespace tenon::codegen {
namespace {

namespace fs = std::filesystem;

struct listing {
  std::string network;
  std::vector<std::string> files;
};

// Empty where the text is no manifest.
listing listed(const nlohmann::json& manifest) {
  try {
    return {.network = manifest.at("network"), .files = manifest.at("files")};
  } catch (const nlohmann::json::exception&) {
    return {};
  }
}

bool is_own(const std::string& file) {
  const fs::path path = fs::path(file).lexically_normal();
  return path.is_relative() && *path.begin() != ".." && *path.begin() != "tenon";
}

}  // namespace

void remove_stale(const std::string& folder, const std::string& manifest) {
  std::ifstream in(fs::path(folder) / "manifest.json", std::ios::binary);
  if (!in) return;
  constexpr bool throwing = false;
  const listing before = listed(nlohmann::json::parse(in, nullptr, throwing)),
                now = listed(nlohmann::json::parse(manifest, nullptr, throwing));
  if (before.network != now.network) return;
  for (const std::string& file : before.files) {
    if (!is_own(file) || std::ranges::find(now.files, file) != now.files.end()) continue;
    std::error_code kept;  // then it stays: what is emitted now does not depend on it
    if (fs::is_regular_file(fs::path(folder) / file, kept))
      fs::remove(fs::path(folder) / file, kept);
  }
}

}  // namespace tenon::codegen
