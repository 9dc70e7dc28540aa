// A tensor with a halo, as the doors of transpose-inl.h see it: [channels][top + height +
// bottom][left + width + right][block].
#pragma once
#include <cstddef>

namespace tests {

struct door {
  std::size_t channels, height, width, top, bottom, left, right, block;
  std::size_t count() const { return channels * height * width; }
  std::size_t row_stride() const { return (left + width + right) * block; }
  std::size_t channel_stride() const { return (top + height + bottom) * row_stride(); }
  std::size_t floats() const { return channels * channel_stride(); }
  // Where lane 0 of logical element i lies.
  std::size_t at(std::size_t i) const {
    const std::size_t c = i / (height * width), h = i / width % height, w = i % width;
    return c * channel_stride() + (top + h) * row_stride() + (left + w) * block;
  }
};

}  // namespace tests
