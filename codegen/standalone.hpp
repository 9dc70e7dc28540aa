// The text of what emitted code includes, for folders of source that need nothing of Tenon.
#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "codegen/emit.hpp"

namespace tenon::codegen {

struct carried_file {
  std::string_view path;  // "tenon/core/pool.cpp"
  std::string_view text;
};

// The headers and sources of runtime/core as they were when Tenon was built, by path. Their
// includes of each other are relative to the folder that holds `tenon`.
std::span<const carried_file> carried_files() noexcept;

// The same as files to write, each with a line that says where it comes from; those for GPUs only
// where they are wanted.
std::vector<emitted_file> standalone_files(std::string_view version, bool cuda);

}  // namespace tenon::codegen
