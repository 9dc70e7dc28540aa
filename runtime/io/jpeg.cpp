// libjpeg reports errors by a callback that must not return. It jumps back to where each step
// began; no object with a destructor lives in between.
#include <fmt/format.h>
#include <jerror.h>
#include <jpeglib.h>

#include <csetjmp>
#include <cstdio>  // before jpeglib.h, which needs FILE and size_t and includes nothing

#include "runtime/io/error.hpp"
#include "runtime/io/raster.hpp"

namespace tenon::runtime {
namespace {

struct errors {
  jpeg_error_mgr base;  // first: libjpeg knows no more than this
  std::jmp_buf back;
  char message[JMSG_LENGTH_MAX];
};

[[noreturn]] void give_up(j_common_ptr info) {
  auto* e = reinterpret_cast<errors*>(info->err);
  (*info->err->format_message)(info, e->message);
  std::longjmp(e->back, 1);
}

// Warnings (below 0) mean that pixels were made up, but for a few that cameras provoke.
void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  const int code = info->err->msg_code;
  if (code != JWRN_EXTRANEOUS_DATA && code != JWRN_JFIF_MAJOR && code != JWRN_ADOBE_XFORM)
    give_up(info);
}

class reader {
 public:
  reader() {
    info_.err = jpeg_std_error(&errors_.base);
    errors_.base.error_exit = give_up;
    errors_.base.emit_message = on_message;
    jpeg_create_decompress(&info_);
  }
  ~reader() { jpeg_destroy_decompress(&info_); }
  reader(const reader&) = delete;
  reader& operator=(const reader&) = delete;

  // Both: false after an error, which message() tells.
  bool open(std::span<const std::byte> content) {
    if (setjmp(errors_.back) != 0) return false;
    jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(content.data()), content.size());
    jpeg_read_header(&info_, TRUE);
    info_.out_color_space = info_.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_calc_output_dimensions(&info_);
    return true;
  }
  bool read(std::uint8_t* to) {
    if (setjmp(errors_.back) != 0) return false;
    jpeg_start_decompress(&info_);
    while (info_.output_scanline < info_.output_height) {
      JSAMPROW row = to + std::size_t{info_.output_scanline} * info_.output_width * channels();
      jpeg_read_scanlines(&info_, &row, 1);
    }
    jpeg_finish_decompress(&info_);
    return true;
  }

  std::size_t width() const { return info_.output_width; }
  std::size_t height() const { return info_.output_height; }
  std::size_t channels() const { return info_.num_components == 1 ? 1 : 3; }
  const char* message() const { return errors_.message; }

 private:
  errors errors_{};
  jpeg_decompress_struct info_{};
};

}  // namespace

raster decode_jpeg(std::span<const std::byte> content, const std::string& name,
                   const size_check& accept) {
  reader r;
  const auto failure = [&] {
    return user_error(
        fmt::format("{}: cannot be read as JPEG: {}; is the copy complete?", name, r.message()));
  };
  if (!r.open(content)) throw failure();
  accept(r.width(), r.height());
  raster pixels{.width = r.width(), .height = r.height(), .channels = r.channels(), .data = {}};
  pixels.data.resize(pixels.width * pixels.height * pixels.channels);
  if (!r.read(pixels.data.data())) throw failure();
  return pixels;
}

}  // namespace tenon::runtime
