// Whether source that somebody keeps under version control is still what its network emits.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "codegen/tool/generator.hpp"

namespace tenon::tool {

// The options that a folder of emitted source was made with, as its manifest.json states them.
struct stated_options {
  std::string network;
  int batch = 64;
  bool standalone = false, embed = false, cuda = false;
  std::string precision;  // of products on a GPU; empty: float32
  std::string tuned;      // the name of the file that it was tuned by; empty without
  std::vector<std::string> off;
  std::vector<std::string> files;
};

// Throws a failure where the folder or its manifest is missing, or is not what `tenon emit` writes.
stated_options read_manifest(const std::filesystem::path& folder);

// One file that differs, and how: a unified diff, or a sentence where one side is missing.
struct difference {
  std::string file, text;
};

// `fresh` holds what is emitted now, `kept` what was; `listed`: the files that kept's manifest
// names. Other files in `kept` are nobody's business.
std::vector<difference> drift(const std::filesystem::path& fresh, const std::filesystem::path& kept,
                              const std::vector<std::string>& listed);

}  // namespace tenon::tool
