// gelu: y = x/2 (1 + erf(x / sqrt 2)), the exact one (Hendrycks and Gimpel, 2016).
//   Any shape, unchanged. d_x = d_y (y/x + x phi(x)), derived.
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct gelu_layer : layer {
  static constexpr std::string_view kind = "gelu";

  static auto forward(auto& k, auto x) {
    return k.map(x, [](const auto& v) { return 0.5 * v * (1 + erf(v * 0.70710678118654752440)); });
  }
};

inline constexpr gelu_layer gelu{};

TENON_SAMPLES(gelu, input<1> | gelu, input<17> | gelu, input<3, 5> | gelu, input<2, 3, 4> | gelu)

}  // namespace tenon
