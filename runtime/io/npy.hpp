// NumPy's .npy files, versions 1 to 3: little-endian numbers, last dimension fastest.
// Refused with a reason: objects (they are pickles, that is programs), Fortran order, big-endian
// and complex numbers.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/io/file.hpp"

namespace tenon::runtime {

enum class number : std::uint8_t {
  float32,
  float64,
  uint8,
  int8,
  int16,
  uint16,
  int32,
  uint32,
  int64,
  uint64,
  boolean
};
std::size_t size_of(number type);

struct npy_array {
  number type = number::float32;
  std::vector<std::size_t> shape;  // empty: one number
  bytes data;

  std::size_t count() const;
  // As floats; numbers that float cannot hold are rounded. Integers are not scaled.
  std::vector<float> floats() const;
  // As integers; throws user_error (naming `what`) for floating-point types and values outside
  // int32.
  std::vector<std::int32_t> integers(std::string_view what) const;
};

npy_array read_npy(const std::filesystem::path& path);  // plain or gzip
// `name` is the file's in messages.
npy_array parse_npy(bytes content, const std::string& name);
void write_npy(const std::filesystem::path& path, std::span<const std::size_t> shape,
               std::span<const float> values);

// The bytes before the data in a version 1.0 file of little-endian float32.
std::string npy_header(std::span<const std::size_t> shape);

}  // namespace tenon::runtime
