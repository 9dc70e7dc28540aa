// Images of parameters: the padded floats that emitted code computes with, and the logical arrays
// that users see.
#pragma once
#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <vector>

#include "runtime/core/arena.hpp"
#include "runtime/core/network.hpp"

namespace tenon::runtime {

// Zeroed floats that begin where emitted code wants its images to begin.
class aligned_floats {
 public:
  explicit aligned_floats(std::size_t n);
  std::span<float> span() { return {data_.get(), n_}; }
  std::span<const float> span() const { return {data_.get(), n_}; }
  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }

 private:
  struct release {
    void operator()(float* p) const { ::operator delete[](p, std::align_val_t{alignment}); }
  };
  std::unique_ptr<float[], release> data_;
  std::size_t n_;
};

inline std::size_t count(const parameter_info& p) { return p.rows * p.row; }

// Elements of all parameters and buffers together.
std::size_t logical_count(const network_info& network);

// logical [rows][row] of one parameter, from and to its rows in the image.
void unpack(const parameter_info& p, std::span<const float> image, std::span<float> logical);
void pack(const parameter_info& p, std::span<const float> logical, std::span<float> image);

// All parameters and buffers in order, without padding.
std::vector<float> unpack(const network_info& network, std::span<const float> image);

}  // namespace tenon::runtime
