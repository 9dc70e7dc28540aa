// softmax: y[c] = e^x[c] / sum over the channels of e^x, at each position.
//   x, y [C, ...]. Computed as e^(x - max), which cannot overflow.
//   d_x = y (d_y - sum over c of d_y y).
//   Before softmax_cross_entropy it would be done twice: that loss takes logits.
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct softmax_layer : layer {
  static constexpr std::string_view kind = "softmax";

  static auto forward(auto& k, auto x) {
    const auto axes = k.over(x.shape);
    const auto places = positions(axes);
    const auto c = axes[0];
    const auto largest = k.define(places, maximum({c}, x.at(axes)), "maximum");
    const auto total = k.define(places, sum({c}, exp(x.at(axes) - largest.at(places))), "total");
    return k.define(axes, exp(x.at(axes) - largest.at(places)) / total.at(places));
  }
  static auto backward(auto& k, auto x, auto y, auto d_y) {
    if (!k.needs_gradient(x)) return decltype(x){};
    const auto axes = k.over(y.shape);
    const auto places = positions(axes);
    const auto product = k.define(places, sum({axes[0]}, d_y.at(axes) * y.at(axes)), "product");
    return k.define(axes, y.at(axes) * (d_y.at(axes) - product.at(places)));
  }

 private:
  static auto positions(auto axes) {
    axes.erase(axes.begin());
    return axes;
  }
};

inline constexpr softmax_layer softmax{};

TENON_SAMPLES(softmax, input<1> | softmax, input<17> | softmax, input<3, 5> | softmax,
              input<2, 3, 4> | softmax)

}  // namespace tenon
