// perceptron, fold. Written by tenon 0.1.0 from golden.hpp; do not edit: change the network and
// build again.
//
// From the training image to the image that eval reads.
#include <hwy/base.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "emitted/perceptron.hpp"

namespace emitted::perceptron {
namespace {

}  // namespace

void fold(const float* image, float* eval_image) noexcept {
  static_cast<void>(image);
  std::memset(eval_image, 0, 320 * sizeof(float));
  std::copy_n(image + 0, 112, eval_image + 0);  // linear_1.weight
  std::copy_n(image + 272, 16, eval_image + 272);  // linear_1.bias
  std::copy_n(image + 112, 112, eval_image + 112);  // linear_2.weight
  std::copy_n(image + 288, 16, eval_image + 288);  // linear_2.bias
  std::copy_n(image + 224, 48, eval_image + 224);  // linear_3.weight
  std::copy_n(image + 304, 16, eval_image + 304);  // linear_3.bias
}

}  // namespace emitted::perceptron
