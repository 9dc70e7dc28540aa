// libpng through its simplified interface, which reports errors without jumping out of C++ code.
#include <fmt/format.h>
#include <png.h>

#include "runtime/io/error.hpp"
#include "runtime/io/raster.hpp"

namespace tenon::runtime {
namespace {

// An image being read; its memory is libpng's.
class reader {
 public:
  explicit reader(std::string name) : name_(std::move(name)) {
    image_.version = PNG_IMAGE_VERSION;
    // Sixteen bits without a gamma of their own: taken as sRGB, like eight.
    image_.flags = PNG_IMAGE_FLAG_16BIT_sRGB;
  }
  ~reader() { png_image_free(&image_); }
  reader(const reader&) = delete;
  reader& operator=(const reader&) = delete;

  void open(std::span<const std::byte> content) {
    require(png_image_begin_read_from_memory(&image_, content.data(), content.size()));
  }
  std::size_t width() const { return image_.width; }
  std::size_t height() const { return image_.height; }

  raster pixels() {
    const bool colour = (image_.format & PNG_FORMAT_FLAG_COLOR) != 0;
    const bool alpha = (image_.format & PNG_FORMAT_FLAG_ALPHA) != 0;
    image_.format = colour  ? (alpha ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB)
                    : alpha ? PNG_FORMAT_GA
                            : PNG_FORMAT_GRAY;
    raster r{.width = width(), .height = height(), .channels = colour ? 3U : 1U, .data = {}};
    r.data.resize(width() * height() * (r.channels + alpha));
    require(png_image_finish_read(&image_, nullptr, r.data.data(), 0, nullptr));
    if (alpha) drop_last_channel(r.data, r.channels + 1);
    return r;
  }

 private:
  void require(int success) const {
    if (success != 0 && !PNG_IMAGE_FAILED(image_)) return;
    throw user_error(fmt::format("{}: cannot be read as PNG: {}; is the copy complete?", name_,
                                 static_cast<const char*>(image_.message)));
  }
  static void drop_last_channel(std::vector<std::uint8_t>& data, std::size_t channels) {
    std::size_t to = 0;
    for (std::size_t at = 0; at < data.size(); ++at) {
      if (at % channels != channels - 1) data[to++] = data[at];
    }
    data.resize(to);
  }

  std::string name_;
  png_image image_{};
};

}  // namespace

raster decode_png(std::span<const std::byte> content, const std::string& name,
                  const size_check& accept) {
  reader r(name);
  r.open(content);
  accept(r.width(), r.height());
  return r.pixels();
}

}  // namespace tenon::runtime
