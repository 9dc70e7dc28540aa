// IDX files of unsigned bytes, as MNIST's: big-endian header, last dimension fastest; plain or
// gzip.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace tenon::runtime {

struct idx_array {
  std::vector<std::size_t> shape;
  std::vector<std::uint8_t> data;
};

// Throws user_error unless the file is one of unsigned bytes with `rank` dimensions, exactly as
// long as they say.
idx_array read_idx(const std::filesystem::path& path, std::size_t rank);

}  // namespace tenon::runtime
