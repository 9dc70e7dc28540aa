// A blob: 64 bytes of header and the image of the parameters as the arena holds them, little-endian
// float32. It can be mapped or embedded and used in place. Written by the executable (`EXE export
// --format blob`), read by emitted code.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "runtime/core/arena.hpp"
#include "runtime/core/emitted.hpp"

namespace tenon {

static_assert(std::endian::native == std::endian::little,
              "blobs are little-endian images of memory");

// Whose image follows: the training arena's (network_info::image_floats) or what fold() wrote
// (eval_image_floats).
enum class blob_layout : std::uint32_t { train = 0, eval = 1 };

struct blob_header {
  static constexpr char expected_magic[9] = "TENONBLB";
  static constexpr std::uint32_t expected_version = 1;

  char magic[8];
  std::uint32_t version;
  blob_layout layout;
  char signature[32];  // network_info::signature: hexadecimal digits, no terminator
  std::uint64_t floats;
  std::uint8_t reserved[8];  // zero
};
static_assert(sizeof(blob_header) == 64, "the image behind the header stays aligned");

// signature: 32 digits.
inline blob_header make_blob_header(std::string_view signature, std::size_t floats,
                                    blob_layout layout) noexcept {
  blob_header header{};
  std::memcpy(header.magic, blob_header::expected_magic, sizeof header.magic);
  header.version = blob_header::expected_version;
  header.layout = layout;
  std::memcpy(header.signature, signature.data(), signature.size() < 32 ? signature.size() : 32);
  header.floats = floats;
  return header;
}

// Whether `blob` holds an image of `floats` floats of the network with this signature, usable in
// place.
inline error check(std::span<const std::byte> blob, std::string_view signature, std::size_t floats,
                   blob_layout layout = blob_layout::eval) noexcept {
  if (blob.empty()) return error::weights_missing;
  if (blob.size() < sizeof(blob_header)) return error::weights_not_a_blob;
  blob_header header;
  std::memcpy(&header, blob.data(), sizeof header);
  if (std::memcmp(header.magic, blob_header::expected_magic, sizeof header.magic) != 0)
    return error::weights_not_a_blob;
  if (header.version != blob_header::expected_version) return error::weights_not_a_blob;
  if (std::string_view(header.signature, sizeof header.signature) != signature)
    return error::weights_of_another_network;
  if (header.layout != layout || header.floats != floats) return error::weights_wrong_size;
  // Not `64 + 4 * floats`: that could wrap around.
  const std::size_t image = blob.size() - sizeof header;
  if (image % sizeof(float) != 0 || image / sizeof(float) != floats)
    return error::weights_wrong_size;
  if (!is_aligned(blob.data())) return error::weights_misaligned;
  return error::none;
}

// The image in a blob that check() accepted.
inline std::span<const float> image_of(std::span<const std::byte> blob,
                                       std::size_t floats) noexcept {
  return {reinterpret_cast<const float*>(blob.data() + sizeof(blob_header)), floats};
}

}  // namespace tenon
