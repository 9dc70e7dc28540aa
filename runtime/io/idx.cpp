#include "runtime/io/idx.hpp"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <span>

#include "runtime/io/error.hpp"
#include "runtime/io/file.hpp"

namespace tenon::runtime {
namespace {

constexpr int unsigned_byte = 0x08;

std::uint32_t big_endian(input_file& file) {
  std::array<std::byte, 4> b;
  file.read(b);
  std::uint32_t value = 0;
  for (const std::byte digit : b) value = value << 8 | std::to_integer<std::uint32_t>(digit);
  return value;
}

}  // namespace

idx_array read_idx(const std::filesystem::path& path, std::size_t rank) {
  input_file file(path);
  file.require(4 + 4 * rank, "the header's bytes");
  const std::uint32_t start = big_endian(file);
  if (start >> 16 != 0 || (start >> 8 & 0xFF) != unsigned_byte) {
    throw user_error(
        fmt::format("{}: not an IDX file of unsigned bytes (begins {:08x}, wanted 000008nn)",
                    path.string(), start));
  }
  if ((start & 0xFF) != rank) {
    throw user_error(
        fmt::format("{}: has {} dimensions, {} are wanted", path.string(), start & 0xFF, rank));
  }
  idx_array array;
  std::uint64_t count = 1;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::uint32_t size = big_endian(file);
    if (size != 0 && count > std::numeric_limits<std::uint64_t>::max() / size) {
      throw user_error(fmt::format("{}: its header announces more bytes than memory has addresses",
                                   path.string()));
    }
    count *= size;
    array.shape.push_back(size);
  }
  file.require(count, "its elements");
  array.data.resize(count);
  file.read(std::as_writable_bytes(std::span(array.data)));
  file.expect_end();
  return array;
}

}  // namespace tenon::runtime
