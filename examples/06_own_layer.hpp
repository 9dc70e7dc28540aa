// Lesson 6: layers of one's own.
//
// A layer is a struct that derives from tenon::layer and says in forms what it computes. Nothing
// else is needed: its gradient is derived (of parameters too), it is fused and planned like any
// other, and the program's own tests cover it: `own_layer gradcheck` holds its gradients against
// differences, `own_layer doctor` every SIMD target of this CPU against the same program in double.
//
//   tenon build 06_own_layer.hpp -o own_layer --batch 100
//   ./own_layer gradcheck && ./own_layer doctor
//   ./own_layer train --data mnist1d --epochs 150 -b 100 --opt adam --lr 0.01 --sched cosine
#pragma once
#include <tenon/dsl.hpp>

namespace lesson6 {

// squared_relu: y = max(x, 0)^2 (So et al., Primer, 2021, arXiv:2109.08668).
//   Any shape, unchanged. d_x = 2 max(x, 0) d_y, derived.
struct squared_relu_layer : tenon::layer {
  // Its name in parameters, reports and emitted code.
  static constexpr std::string_view kind = "squared_relu";

  // k: the pen that writes kernels; x: the value that arrives. `map` applies an expression to each
  // element.
  static auto forward(auto& k, auto x) {
    return k.map(x, [](const auto& v) { return max(v, 0) * max(v, 0); });
  }
};
inline constexpr squared_relu_layer squared_relu{};

// channel_scale<Initial>: y[c, …] = weight[c] x[c, …], one trained factor per channel, small at
// first, so that a residual branch begins as almost nothing (LayerScale; Touvron et al., Going
// deeper with image transformers, 2021, arXiv:2103.17239).
//   Any shape, unchanged. d_x = weight d_y, d_weight[c] = sum of x d_y over all else, both derived.
template <auto Initial>
struct channel_scale_layer : tenon::layer {
  static constexpr std::string_view kind = "channel_scale";

  // How the declaration writes it: what errors and tables show.
  static constexpr void spell(text& t) { t << "channel_scale<" << Initial << ">"; }

  // The shape that leaves, or a complaint: what the layer needs, and what to do about it.
  static constexpr tenon::dims shape(tenon::dims in, tenon::complaint& no) {
    return Initial > 0 ? in : no("has an initial value that is not positive",
                                 "write a small number, such as channel_scale<0.1>");
  }
  static constexpr long parameters(tenon::dims in) { return in[0]; }

  static auto forward(auto& k, auto x) {
    const auto axes = k.over(x.shape);  // one loop variable per dimension; the first is the channel
    const auto weight = k.parameter("weight", {x.shape[0]}, k.filled(Initial), false);
    return k.define(axes, weight(axes[0]) * x.at(axes));
  }
};
template <auto Initial>
inline constexpr channel_scale_layer<Initial> channel_scale{};

struct own_layer final : tenon::network<
    tenon::input<1, 40>
  | tenon::conv1d<16, 5>(tenon::stride<2>, tenon::padding<1>) | squared_relu
  | tenon::residual(tenon::conv1d<16, 3>(tenon::same) | squared_relu | channel_scale<0.1>)
  | tenon::conv1d<16, 3>(tenon::stride<2>, tenon::padding<1>) | tenon::relu
  | tenon::flatten | tenon::linear<10>
  | tenon::softmax_cross_entropy> {};

static_assert(tenon::valid<own_layer>);
static_assert(tenon::contains<own_layer, channel_scale_layer<0.1>>);
static_assert(tenon::parameters<own_layer> == 96 + 784 + 16 + 784 + 1'610);  // 16 of the scale

}  // namespace lesson6
