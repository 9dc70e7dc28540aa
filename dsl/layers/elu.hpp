// elu<Alpha>: y = x where x > 0, else Alpha (e^x - 1); elu<> has 1 (Clevert et al., 2015).
//   Any shape, unchanged. d_x = d_y where y > 0, else d_y (y + Alpha): x need not be kept.
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct elu_layer : layer {
  static constexpr std::string_view kind = "elu";
};

namespace detail {

// e^v - 1 for v <= 0 (the value above 0 is not used). Near 0 the difference would lose all digits;
// with t = tanh(v / 2) it is 2 t / (1 - t), which loses none.
inline auto exp_minus_1(const auto& v) {
  const auto t = tanh(0.5 * min(v, 0));
  return 2 * t / (1 - t);
}

template <auto Alpha>
struct elu_of : elu_layer {
  static constexpr void spell(text& t) { t << "elu<" << Alpha << ">"; }
  static constexpr dims shape(dims in, complaint& no) {
    return Alpha > 0 ? in
                     : no("has an alpha that is not positive", "write a positive number: elu<1.0>");
  }
  static auto forward(auto& k, auto x) {
    return k.map(x, [](const auto& v) {
      return select(greater(v, 0), v, static_cast<double>(Alpha) * exp_minus_1(v));
    });
  }
  static auto backward(auto& k, auto x, auto y, auto d_y) {
    if (!k.needs_gradient(x)) return decltype(x){};
    const auto axes = k.over(y.shape);
    const auto out = y.at(axes), d_out = d_y.at(axes);
    return k.define(axes,
                    select(greater(out, 0), d_out, d_out * (out + static_cast<double>(Alpha))));
  }
};

}  // namespace detail

template <auto Alpha = 1.0>
inline constexpr detail::elu_of<Alpha> elu{};

TENON_SAMPLES(elu, input<1> | elu<>, input<17> | elu<0.5>, input<3, 5> | elu<1.0>,
              input<2, 3, 4> | elu<2>)

}  // namespace tenon
