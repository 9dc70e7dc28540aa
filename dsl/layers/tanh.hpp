// tanh_: y = tanh x. The underscore, because ::tanh of <math.h> makes the plain name ambiguous.
//   Any shape, unchanged. d_x = d_y (1 - y^2).
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct tanh_layer : layer {
  static constexpr std::string_view kind = "tanh";
  static constexpr double initial_gain = 5.0 / 3;

  static auto forward(auto& k, auto x) {
    return k.map(x, [](const auto& v) { return tanh(v); });
  }
  // In terms of y, so that x need not be kept.
  static auto backward(auto& k, auto x, auto y, auto d_y) {
    if (!k.needs_gradient(x)) return decltype(x){};
    const auto axes = k.over(y.shape);
    const auto out = y.at(axes), d_out = d_y.at(axes);
    return k.define(axes, d_out * (1 - out * out));
  }
};

inline constexpr tanh_layer tanh_{};

TENON_SAMPLES(tanh, input<1> | tanh_, input<17> | tanh_, input<3, 5> | tanh_,
              input<2, 3, 4> | tanh_)

}  // namespace tenon
