// relu: y = max(x, 0).
//   Any shape, unchanged. d_x = d_y where y > 0, else 0.
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct relu_layer : layer {
  static constexpr std::string_view kind = "relu";
  static constexpr double initial_gain = 1.4142135623730951;

  static auto forward(auto& k, auto x) {
    return k.map(x, [](const auto& v) { return max(v, 0); });
  }
  // In terms of y, so that x need not be kept.
  static auto backward(auto& k, auto x, auto y, auto d_y) {
    if (!k.needs_gradient(x)) return decltype(x){};
    const auto axes = k.over(y.shape);
    const auto out = y.at(axes), d_out = d_y.at(axes);
    return k.define(axes, select(greater(out, 0), d_out, 0));
  }
};

inline constexpr relu_layer relu{};

TENON_SAMPLES(relu, input<1> | relu, input<17> | relu, input<3, 5> | relu, input<2, 3, 4> | relu)

}  // namespace tenon
