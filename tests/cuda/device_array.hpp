// An array of the (stand-in) device, filled from one of the host and read back.
#pragma once
#include <doctest/doctest.h>

#include <vector>

#include "runtime/core/cuda.hpp"

namespace tests {

template <class T>
class device_array {
 public:
  explicit device_array(std::size_t count) : count_(count) {
    REQUIRE(memory_.allocate(count * sizeof(T)) == cudaSuccess);
  }
  explicit device_array(const std::vector<T>& values) : device_array(values.size()) { set(values); }

  T* data() const { return reinterpret_cast<T*>(memory_.data()); }
  void set(const std::vector<T>& values) {
    REQUIRE(values.size() == count_);
    REQUIRE(cudaMemcpy(data(), values.data(), count_ * sizeof(T), cudaMemcpyHostToDevice) ==
            cudaSuccess);
  }
  std::vector<T> get() const {
    std::vector<T> values(count_);
    REQUIRE(cudaMemcpy(values.data(), data(), count_ * sizeof(T), cudaMemcpyDeviceToHost) ==
            cudaSuccess);
    return values;
  }

 private:
  tenon::cuda::device_memory memory_;
  std::size_t count_;
};

}  // namespace tests
