// signal, fold. Written by tenon 0.1.0 from golden.hpp; do not edit: change the network and build
// again.
//
// From the training image to the image that eval reads.
#include <hwy/base.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "emitted/signal.hpp"

namespace emitted::signal {
namespace {

// For single samples: weights in panels of 16 outputs, so that vectors lie along them.
namespace single {

void fold(const float* image, float* eval_image) {
  static_cast<void>(image), static_cast<void>(eval_image);
  std::copy_n(image + 0, 48, eval_image + 64);  // conv1d_1.weight
  std::copy_n(image + 48, 16, eval_image + 112);  // conv1d_1.bias
}

}  // namespace single
}  // namespace

void fold(const float* image, float* eval_image) noexcept {
  static_cast<void>(image);
  std::memset(eval_image, 0, 144 * sizeof(float));
  std::copy_n(image + 0, 48, eval_image + 0);  // conv1d_1.weight
  std::copy_n(image + 48, 16, eval_image + 48);  // conv1d_1.bias
  single::fold(image, eval_image);
}

}  // namespace emitted::signal
