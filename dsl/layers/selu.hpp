// selu: y = s x where x > 0, else s a (e^x - 1), with the s and a that keep mean 0 and variance 1
// from layer to layer (Klambauer et al., 2017).
//   Any shape, unchanged. d_x = s d_y where y > 0, else d_y (y + s a): x need not be kept.
#pragma once
#include "dsl/layers/elu.hpp"

namespace tenon {

struct selu_layer : layer {
  static constexpr std::string_view kind = "selu";
  static constexpr double initial_gain = 0.75;

  static auto forward(auto& k, auto x) {
    return k.map(x, [](const auto& v) {
      return select(greater(v, 0), scale * v, scale * alpha * detail::exp_minus_1(v));
    });
  }
  static auto backward(auto& k, auto x, auto y, auto d_y) {
    if (!k.needs_gradient(x)) return decltype(x){};
    const auto axes = k.over(y.shape);
    const auto out = y.at(axes), d_out = d_y.at(axes);
    return k.define(axes, select(greater(out, 0), d_out * scale, d_out * (out + scale * alpha)));
  }

 private:
  static constexpr double scale = 1.0507009873554804934, alpha = 1.6732632423543772848;
};

inline constexpr selu_layer selu{};

TENON_SAMPLES(selu, input<1> | selu, input<17> | selu, input<3, 5> | selu, input<2, 3, 4> | selu)

}  // namespace tenon
