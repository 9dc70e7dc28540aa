// Pictures from PNG and JPEG files: eight bits per channel, gray or RGB, as they are stored.
// Transparency is dropped; sixteen bits become eight; orientation tags of cameras are not applied.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace tenon::runtime {

struct raster {
  std::size_t width = 0, height = 0, channels = 0;  // channels: 1 or 3
  std::vector<std::uint8_t> data;                   // [height][width][channels]
};

// Called with width and height before anything of their size is allocated; throws to refuse.
using size_check = std::function<void(std::size_t width, std::size_t height)>;

// Throws user_error for what is neither PNG nor JPEG, damaged, cut short, or larger than a file of
// its length can unpack to.
raster read_raster(const std::filesystem::path& path, const size_check& accept);
raster decode_raster(std::span<const std::byte> content, const std::string& name,
                     const size_check& accept);

// The formats by themselves, for decode_raster.
raster decode_png(std::span<const std::byte> content, const std::string& name,
                  const size_check& accept);
raster decode_jpeg(std::span<const std::byte> content, const std::string& name,
                   const size_check& accept);

}  // namespace tenon::runtime
