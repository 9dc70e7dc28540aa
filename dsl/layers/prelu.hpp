// prelu: y = x where x > 0, else weight[c] x: a leaky relu whose slope is trained, one per channel,
// 0.25 at first, never decayed (He et al., 2015).
//   x, y [C, ...], weight [C]. d_x = d_y where x > 0, else weight d_y; d_weight = sum of x d_y
//   where x <= 0 (derived).
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct prelu_layer : layer {
  static constexpr std::string_view kind = "prelu";
  static constexpr long parameters(dims in) { return in[0]; }

  static auto forward(auto& k, auto x) {
    const auto slope = k.parameter("weight", {x.shape[0]}, k.filled(0.25), false);
    const auto axes = k.over(x.shape);
    const auto v = x.at(axes);
    return k.define(axes, select(greater(v, 0), v, slope(axes[0]) * v));
  }
};

inline constexpr prelu_layer prelu{};

TENON_SAMPLES(prelu, input<1> | prelu, input<17> | prelu, input<3, 5> | prelu,
              input<2, 3, 4> | prelu)

}  // namespace tenon
