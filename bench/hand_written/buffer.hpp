// Aligned floats with contents that are neither zero nor subnormal (never time on zeros) and the
// same in each run.
#pragma once
#include <cstddef>
#include <memory>
#include <new>
#include <span>

#include "runtime/core/arena.hpp"
#include "runtime/core/random.hpp"

namespace hand_written {

class buffer {
 public:
  buffer(std::size_t floats, std::uint32_t stream)
      : size_(floats),
        data_(static_cast<float*>(
            ::operator new (floats * sizeof(float), std::align_val_t{tenon::alignment}))) {
    for (std::size_t i = 0; i < floats; ++i) {
      data_.get()[i] = tenon::uniform(1, stream, 0, 0, static_cast<std::uint32_t>(i)) - 0.5F;
    }
  }
  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }
  float& operator[](std::size_t i) { return data_.get()[i]; }
  double at(std::size_t i) const { return static_cast<double>(data_.get()[i]); }
  std::span<const float> first(std::size_t n) const { return {data_.get(), n}; }
  std::size_t size() const { return size_; }

 private:
  struct release {
    void operator()(float* p) const { ::operator delete (p, std::align_val_t{tenon::alignment}); }
  };
  std::size_t size_;
  std::unique_ptr<float, release> data_;
};

}  // namespace hand_written
