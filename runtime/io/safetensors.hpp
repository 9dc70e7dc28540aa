// safetensors files (float32): names, shapes and data, and a text-to-text map of metadata.
// Format: https://github.com/huggingface/safetensors: little-endian length of the header, JSON,
// then the data.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/io/error.hpp"
#include "runtime/io/file.hpp"

namespace tenon::runtime {

enum class safetensors_fault : std::uint8_t {
  header_too_small,  // fewer than 8 bytes of length and 2 of JSON
  header_too_large,  // more than 100 MB, or than the file holds
  bad_json,          // not JSON, not an object of tensors, or not UTF-8
  duplicate_name,
  wrong_type,           // of numbers: only F32 is read
  bad_shape,            // sizes that are no counts, or whose product is not the number of bytes
  offset_out_of_range,  // data outside the file, or an end before its begin
  overlap_or_hole,      // data must follow one another from first to last byte
};
std::string_view text(safetensors_fault fault);

class safetensors_error : public user_error {
 public:
  safetensors_error(safetensors_fault fault, const std::string& detail);
  safetensors_fault fault() const { return fault_; }
  const std::string& detail() const { return detail_; }

 private:
  safetensors_fault fault_;
  std::string detail_;
};

struct tensor_view {
  std::string name;
  std::vector<std::size_t> shape;  // empty: one number
  std::span<const float> values;
};

using metadata = std::map<std::string, std::string>;

// A file in memory; the tensors' values point into it. In order of their place in the file.
class safetensors_file {
 public:
  explicit safetensors_file(bytes content);
  static safetensors_file load(const std::filesystem::path& path);

  const std::vector<tensor_view>& tensors() const { return tensors_; }
  const metadata& about() const { return about_; }
  const tensor_view* find(std::string_view name) const;

 private:
  std::vector<tensor_view> tensors_;
  metadata about_;
  std::vector<float> values_;
};

// What stands before the data of a file with these tensors: the length, and JSON padded so that
// the data begin at a multiple of 64 bytes.
std::string safetensors_header(std::span<const tensor_view> tensors, const metadata& about);

// Saves atomically. The data begin at a multiple of 64 bytes.
void save_safetensors(const std::filesystem::path& path, std::span<const tensor_view> tensors,
                      const metadata& about, outlives what = outlives::power_loss);

}  // namespace tenon::runtime
