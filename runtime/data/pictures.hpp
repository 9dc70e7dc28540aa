// From pictures to what a network takes: channels, size, [0, 1].
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "runtime/core/network.hpp"
#include "runtime/data/dataset.hpp"

namespace tenon::runtime {

// Appends one picture as [channels, height, width] in [0, 1] for inputs of those three dimensions,
// of [height, width] (gray), or flat ones of as many values. Colours become gray as 0.299 R +
// 0.587 G + 0.114 B; gray becomes three equal channels. Throws user_error where the size differs,
// unless `resize`: then bilinear and antialiased (a triangle as wide as a pixel of the coarser
// grid), width and height each by its own factor.
void append_picture(const std::filesystem::path& path, const network_info& network, bool resize,
                    std::vector<float>& to);

// Width and height by a triangle filter. plane [from_height][from_width].
std::vector<float> resized(std::span<const float> plane, std::size_t from_height,
                           std::size_t from_width, std::size_t height, std::size_t width);

bool is_picture(const std::filesystem::path& path);  // by its name: .png, .jpg, .jpeg
// The pictures of a folder, sorted by name; not those of folders in it. Throws user_error for
// pictures in formats that are not read, so that none is left out without a word.
std::vector<std::filesystem::path> pictures_in(const std::filesystem::path& folder);

}  // namespace tenon::runtime
