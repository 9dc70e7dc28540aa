// softplus: y = log(1 + e^x), a smooth relu (Dugas et al., 2000).
//   Any shape, unchanged. d_x = d_y sigmoid(x).
//   Computed as max(x, 0) + log1p(u), u = e^-|x|: no overflow, and for small u nothing is lost:
//   with w = 1 + u rounded, log1p(u) = u log(w) / (w - 1), or u where w = 1 (Kahan, as quoted by
//   Goldberg, 1991).
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct softplus_layer : layer {
  static constexpr std::string_view kind = "softplus";

  static auto forward(auto& k, auto x) {
    return k.map(x, [](const auto& v) {
      const auto u = exp(-max(v, -v));
      const auto w = 1 + u;
      return max(v, 0) + select(equal(w, 1), u, u * (log(w) / (w - 1)));
    });
  }
  static auto backward(auto& k, auto x, auto y, auto d_y) {
    if (!k.needs_gradient(x)) return decltype(x){};
    const auto axes = k.over(y.shape);
    return k.define(axes, d_y.at(axes) * forms::sigmoid(x.at(axes)));
  }
};

inline constexpr softplus_layer softplus{};

TENON_SAMPLES(softplus, input<1> | softplus, input<17> | softplus, input<3, 5> | softplus,
              input<2, 3, 4> | softplus)

}  // namespace tenon
