#include "runtime/io/raster.hpp"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <string_view>

#include "runtime/io/error.hpp"
#include "runtime/io/file.hpp"

namespace tenon::runtime {
namespace {

// 1032 is deflate's greatest ratio, and a bit the least that a sample takes in a PNG file. JPEG's
// runs of empty blocks stay below that.
constexpr std::uint64_t most_samples_per_byte = 1032 * 8;
constexpr std::uint64_t most_pixels = std::uint64_t{1} << 28;  // of any picture: 0.8 GB as RGB

bool begins(std::span<const std::byte> content, std::string_view magic) {
  return content.size() >= magic.size() &&
         std::memcmp(content.data(), magic.data(), magic.size()) == 0;
}

}  // namespace

raster decode_raster(std::span<const std::byte> content, const std::string& name,
                     const size_check& accept) {
  const auto check = [&](std::size_t width, std::size_t height) {
    if (height != 0 &&
        (width > most_pixels / height || width * height / most_samples_per_byte > content.size())) {
      throw user_error(
          fmt::format("{}: announces {} x {} pixels in a file of {} bytes, which cannot be", name,
                      width, height, content.size()));
    }
    accept(width, height);
  };
  if (begins(content, "\x89PNG\r\n\x1a\n")) return decode_png(content, name, check);
  if (begins(content, "\xFF\xD8\xFF")) return decode_jpeg(content, name, check);
  throw user_error(fmt::format("{}: is neither a PNG nor a JPEG file; convert it", name));
}

raster read_raster(const std::filesystem::path& path, const size_check& accept) {
  return decode_raster(read_file(path), path.string(), accept);
}

}  // namespace tenon::runtime
