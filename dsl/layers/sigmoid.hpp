// sigmoid: y = 1 / (1 + e^-x).
//   Any shape, unchanged. d_x = d_y y (1 - y).
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct sigmoid_layer : layer {
  static constexpr std::string_view kind = "sigmoid";
  static constexpr double initial_gain = 1;

  static auto forward(auto& k, auto x) {
    return k.map(x, [](const auto& v) { return forms::sigmoid(v); });
  }
  // In terms of y, so that x need not be kept.
  static auto backward(auto& k, auto x, auto y, auto d_y) {
    if (!k.needs_gradient(x)) return decltype(x){};
    const auto axes = k.over(y.shape);
    const auto out = y.at(axes), d_out = d_y.at(axes);
    return k.define(axes, d_out * (out * (1 - out)));
  }
};

inline constexpr sigmoid_layer sigmoid{};

TENON_SAMPLES(sigmoid, input<1> | sigmoid, input<17> | sigmoid, input<3, 5> | sigmoid,
              input<2, 3, 4> | sigmoid)

}  // namespace tenon
