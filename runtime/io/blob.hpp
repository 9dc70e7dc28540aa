// Writes blobs (runtime/core/blob.hpp).
#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include "runtime/core/blob.hpp"

namespace tenon::runtime {

void save_blob(const std::filesystem::path& path, std::string_view signature, blob_layout layout,
               std::span<const float> image);

}  // namespace tenon::runtime
