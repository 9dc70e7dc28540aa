// Blobs, arenas and the texts of errors: each way to be wrong has its own code.
#include "runtime/core/blob.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

namespace {

constexpr std::string_view signature = "0123456789abcdef0123456789abcdef";
constexpr std::size_t floats = 40;

struct aligned_blob {
  alignas(64) std::byte bytes[64 + (floats + 16) * sizeof(float)];
  aligned_blob() {
    const tenon::blob_header header =
        tenon::make_blob_header(signature, floats, tenon::blob_layout::eval);
    std::memcpy(bytes, &header, sizeof header);
    for (std::size_t i = 0; i < floats; ++i) {
      const auto value = static_cast<float>(i);
      std::memcpy(bytes + 64 + i * sizeof(float), &value, sizeof value);
    }
  }
  std::span<const std::byte> span(std::size_t size = 64 + floats * sizeof(float)) const {
    return {bytes, size};
  }
};

}  // namespace

TEST_CASE("a good blob passes and its image lies behind the header") {
  const aligned_blob blob;
  REQUIRE(tenon::check(blob.span(), signature, floats) == tenon::error::none);
  const auto image = tenon::image_of(blob.span(), floats);
  CHECK(image.size() == floats);
  CHECK(image[39] == 39.0F);
  CHECK(tenon::is_aligned(image.data()));
}

TEST_CASE("each defect of a blob has its error") {
  using tenon::error;
  const aligned_blob good;
  CHECK(tenon::check({}, signature, floats) == error::weights_missing);
  for (std::size_t size = 1; size < 64; ++size)
    CHECK(tenon::check(good.span(size), signature, floats) == error::weights_not_a_blob);
  for (std::size_t size = 64; size < 64 + floats * 4; ++size) {
    CHECK(tenon::check(good.span(size), signature, floats) == error::weights_wrong_size);
  }
  CHECK(tenon::check(good.span(64 + floats * 4 + 4), signature, floats) ==
        error::weights_wrong_size);
  CHECK(tenon::check(good.span(), signature, floats + 1) == error::weights_wrong_size);
  CHECK(tenon::check(good.span(), signature, floats, tenon::blob_layout::train) ==
        error::weights_wrong_size);
  CHECK(tenon::check(good.span(), "ffffffffffffffffffffffffffffffff", floats) ==
        error::weights_of_another_network);
  CHECK(tenon::check(good.span(), "0123", floats) == error::weights_of_another_network);
  for (std::size_t byte = 0; byte < 12; ++byte) {  // magic and version
    aligned_blob damaged;
    damaged.bytes[byte] ^= std::byte{1};
    CHECK(tenon::check(damaged.span(), signature, floats) == error::weights_not_a_blob);
  }
  for (std::size_t byte = 48; byte < 56; ++byte) {  // count of floats, absurd ones too
    aligned_blob damaged;
    damaged.bytes[byte] ^= std::byte{0xFF};
    CHECK(tenon::check(damaged.span(), signature, floats) == error::weights_wrong_size);
  }
  aligned_blob shifted;
  std::memmove(shifted.bytes + 4, shifted.bytes, 64 + floats * 4);
  CHECK(tenon::check({shifted.bytes + 4, 64 + floats * 4}, signature, floats) ==
        error::weights_misaligned);
}

TEST_CASE("arenas are checked for size, then for alignment") {
  alignas(64) static std::byte memory[192];
  CHECK(tenon::check_arena({memory, 128}, 128) == tenon::error::none);
  CHECK(tenon::check_arena({memory, 127}, 128) == tenon::error::arena_too_small);
  CHECK(tenon::check_arena({memory + 16, 128}, 128) == tenon::error::arena_misaligned);
  static_assert(tenon::round_up(0, 64) == 0 && tenon::round_up(1, 64) == 64 &&
                tenon::round_up(64, 64) == 64);
}

TEST_CASE("every error has a sentence of its own") {
  std::set<std::string> texts;
  for (int code = 0; code <= static_cast<int>(tenon::error::target_unsupported); ++code) {
    texts.insert(tenon::text(static_cast<tenon::error>(code)));
  }
  CHECK(texts.size() == 9);
  CHECK(texts.count("unknown error") == 0);
  CHECK(std::string(tenon::text(static_cast<tenon::error>(200))) == "unknown error");
}
