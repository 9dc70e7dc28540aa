// gelu_tanh: y = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), the approximation of gelu in the
// paper (Hendrycks and Gimpel, 2016), as in GPT-2 and PyTorch's approximate="tanh".
//   Any shape, unchanged. Gradient derived.
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct gelu_tanh_layer : layer {
  static constexpr std::string_view kind = "gelu_tanh";

  static auto forward(auto& k, auto x) {
    return k.map(x, [](const auto& v) {
      const auto inner = 0.79788456080286535588 * (v + 0.044715 * (v * v * v));
      return 0.5 * v * (1 + tanh(inner));
    });
  }
};

inline constexpr gelu_tanh_layer gelu_tanh{};

TENON_SAMPLES(gelu_tanh, input<1> | gelu_tanh, input<17> | gelu_tanh, input<3, 5> | gelu_tanh,
              input<2, 3, 4> | gelu_tanh)

}  // namespace tenon
