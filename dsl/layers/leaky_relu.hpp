// leaky_relu<Slope>: y = x where x > 0, else Slope x; leaky_relu<> has 0.01 (Maas et al., 2013).
// Any shape, unchanged.
//   d_x = d_y where y > 0, else Slope d_y: with Slope >= 0 the sign of y is that of x, so x need
//     not be kept.
#pragma once
#include "dsl/initialization.hpp"
#include "dsl/layer.hpp"

namespace tenon {

struct leaky_relu_layer : layer {
  static constexpr std::string_view kind = "leaky_relu";
};

namespace detail {

template <auto Slope>
struct leaky_relu_of : leaky_relu_layer {
  // sqrt(2 / (1 + Slope^2))
  static constexpr double initial_gain =
      square_root(2 / (1 + static_cast<double>(Slope) * static_cast<double>(Slope)));
  static constexpr void spell(text& t) { t << "leaky_relu<" << Slope << ">"; }
  static constexpr dims shape(dims in, complaint& no) {
    return Slope >= 0 && Slope <= 1 ? in
                                    : no("has a slope outside 0 to 1",
                                         "write a slope from 0 to 1, such as leaky_relu<0.01>");
  }
  static auto forward(auto& k, auto x) {
    return k.map(x, [](const auto& v) { return select(greater(v, 0), v, v * Slope); });
  }
  static auto backward(auto& k, auto x, auto y, auto d_y) {
    if (!k.needs_gradient(x)) return decltype(x){};
    const auto axes = k.over(y.shape);
    const auto d_out = d_y.at(axes);
    return k.define(axes, select(greater(y.at(axes), 0), d_out, d_out * Slope));
  }
};

}  // namespace detail

template <auto Slope = 0.01>
inline constexpr detail::leaky_relu_of<Slope> leaky_relu{};

TENON_SAMPLES(leaky_relu, input<1> | leaky_relu<>, input<17> | leaky_relu<0.2>,
              input<3, 5> | leaky_relu<0.01>, input<2, 3, 4> | leaky_relu<0.5>)

}  // namespace tenon
