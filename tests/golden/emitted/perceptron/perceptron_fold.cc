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

// For single samples: weights in panels of 16 outputs, so that vectors lie along them.
namespace single {

// linear_1_weight_panels: weight_panels[c, i] = weight[c, i]
// weight [7][16], weight_panels [1][5][16].
// in the order in which single samples read it.
void linear_1_weight_panels(const float* HWY_RESTRICT weight, float* HWY_RESTRICT weight_panels) {
  for (size_t panel = 0; panel < 1; ++panel) {
    for (size_t i = 0; i < 5; ++i) {
      for (size_t b = 0; b < std::min<size_t>(16, 7 - panel * 16); ++b) {
        weight_panels[panel * 80 + i * 16 + b] = weight[panel * 256 + i + b * 16];
      }
    }
  }
}

// linear_2_weight_panels: weight_panels[c, i] = weight[c, i]
// weight [7][16], weight_panels [1][7][16].
// in the order in which single samples read it.
void linear_2_weight_panels(const float* HWY_RESTRICT weight, float* HWY_RESTRICT weight_panels) {
  for (size_t panel = 0; panel < 1; ++panel) {
    for (size_t i = 0; i < 7; ++i) {
      for (size_t b = 0; b < std::min<size_t>(16, 7 - panel * 16); ++b) {
        weight_panels[panel * 112 + i * 16 + b] = weight[panel * 256 + i + b * 16];
      }
    }
  }
}

// linear_3_weight_panels: weight_panels[c, i] = weight[c, i]
// weight [3][16], weight_panels [1][7][16].
// in the order in which single samples read it.
void linear_3_weight_panels(const float* HWY_RESTRICT weight, float* HWY_RESTRICT weight_panels) {
  for (size_t panel = 0; panel < 1; ++panel) {
    for (size_t i = 0; i < 7; ++i) {
      for (size_t b = 0; b < std::min<size_t>(16, 3 - panel * 16); ++b) {
        weight_panels[panel * 112 + i * 16 + b] = weight[panel * 256 + i + b * 16];
      }
    }
  }
}

void fold(const float* image, float* eval_image) {
  static_cast<void>(image), static_cast<void>(eval_image);
  std::copy_n(image + 272, 16, eval_image + 320);  // linear_1.bias
  std::copy_n(image + 288, 16, eval_image + 336);  // linear_2.bias
  std::copy_n(image + 304, 16, eval_image + 352);  // linear_3.bias
  linear_1_weight_panels(image + 0, eval_image + 368);
  linear_2_weight_panels(image + 112, eval_image + 448);
  linear_3_weight_panels(image + 224, eval_image + 560);
}

}  // namespace single
}  // namespace

void fold(const float* image, float* eval_image) noexcept {
  static_cast<void>(image);
  std::memset(eval_image, 0, 688 * sizeof(float));
  std::copy_n(image + 0, 112, eval_image + 0);  // linear_1.weight
  std::copy_n(image + 272, 16, eval_image + 272);  // linear_1.bias
  std::copy_n(image + 112, 112, eval_image + 112);  // linear_2.weight
  std::copy_n(image + 288, 16, eval_image + 288);  // linear_2.bias
  std::copy_n(image + 224, 48, eval_image + 224);  // linear_3.weight
  std::copy_n(image + 304, 16, eval_image + 304);  // linear_3.bias
  single::fold(image, eval_image);
}

}  // namespace emitted::perceptron
