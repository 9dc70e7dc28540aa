// convolution, fold. Written by tenon 0.1.0 from golden.hpp; do not edit: change the network and
// build again.
//
// From the training image to the image that eval reads.
// batch_norm_1 folded into conv2d_1.
// dropout_1 dropped: an identity in this mode.
#include <hwy/base.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "emitted/convolution.hpp"

namespace emitted::convolution {
namespace {

// batch_norm_1_scale: scale[i] = weight[i] / sqrt(running_var[i] + 1e-05)
// weight [4], running_var [4], scale [4].
void batch_norm_1_scale(const float* HWY_RESTRICT weight, const float* HWY_RESTRICT running_var,
    float* HWY_RESTRICT scale) {
  for (size_t i = 0; i < 4; ++i) {
    scale[i] = (weight[i] / std::sqrt((running_var[i] + 1e-05f)));
  }
}

// batch_norm_1_shift: shift[i] = bias[i] - running_mean[i] * scale[i]
// bias [4], running_mean [4], scale [4], shift [4].
void batch_norm_1_shift(const float* HWY_RESTRICT bias, const float* HWY_RESTRICT running_mean,
    const float* HWY_RESTRICT scale, float* HWY_RESTRICT shift) {
  for (size_t i = 0; i < 4; ++i) {
    shift[i] = (bias[i] - (running_mean[i] * scale[i]));
  }
}

// conv2d_1_folded_weight: folded_weight[g, c, i, j] = weight[g, c, i, j] * scale[g]
// weight [4][32], scale [4], folded_weight [4][32].
void conv2d_1_folded_weight(const float* HWY_RESTRICT weight, const float* HWY_RESTRICT scale,
    float* HWY_RESTRICT folded_weight) {
  for (size_t c = 0; c < 4; ++c) {
    for (size_t i = 0; i < 18; ++i) {
      folded_weight[c * 32 + i] = (weight[c * 32 + i] * scale[c]);
    }
  }
}

// For single samples: weights in panels of 16 outputs, so that vectors lie along them.
namespace single {

// linear_1_weight_panels: weight_panels[c, i] = weight[c, i]
// weight [3][64], weight_panels [1][64][16].
// in the order in which single samples read it.
void linear_1_weight_panels(const float* HWY_RESTRICT weight, float* HWY_RESTRICT weight_panels) {
  for (size_t panel = 0; panel < 1; ++panel) {
    for (size_t i = 0; i < 64; ++i) {
      for (size_t b = 0; b < std::min<size_t>(16, 3 - panel * 16); ++b) {
        weight_panels[panel * 1024 + i * 16 + b] = weight[panel * 1024 + i + b * 64];
      }
    }
  }
}

void fold(const float* image, float* eval_image) {
  static_cast<void>(image), static_cast<void>(eval_image);
  std::copy_n(image + 352, 16, eval_image + 352);  // linear_1.bias
  float batch_norm_1_scale_values[16] = {};
  batch_norm_1_scale(image + 320, image + 384, batch_norm_1_scale_values);
  batch_norm_1_shift(image + 336, image + 368, batch_norm_1_scale_values, eval_image + 368);
  conv2d_1_folded_weight(image + 0, batch_norm_1_scale_values, eval_image + 384);
  linear_1_weight_panels(image + 128, eval_image + 512);
}

}  // namespace single
}  // namespace

void fold(const float* image, float* eval_image) noexcept {
  static_cast<void>(image);
  std::memset(eval_image, 0, 1552 * sizeof(float));
  std::copy_n(image + 128, 192, eval_image + 0);  // linear_1.weight
  std::copy_n(image + 352, 16, eval_image + 192);  // linear_1.bias
  float batch_norm_1_scale_values[16] = {};
  batch_norm_1_scale(image + 320, image + 384, batch_norm_1_scale_values);
  batch_norm_1_shift(image + 336, image + 368, batch_norm_1_scale_values, eval_image + 208);
  conv2d_1_folded_weight(image + 0, batch_norm_1_scale_values, eval_image + 224);
  single::fold(image, eval_image);
}

}  // namespace emitted::convolution
