// linear<Out>(no_bias): y = W x + b.
//   x [In], W [Out, In], b [Out], y [Out].   d_x = W^T d_y, d_W = d_y x^T, d_b = d_y, summed over
//     the batch (all derived).
//   Filled with U(-1/sqrt(In), 1/sqrt(In)), bias too, as PyTorch's Linear.
#pragma once
#include "dsl/layer.hpp"
#include "dsl/options.hpp"

namespace tenon {

struct linear_layer : layer {
  static constexpr std::string_view kind = "linear";
  static constexpr bool absorbs_affine = true;
};

namespace detail {

struct linear_settings : settings_base {
  bool bias = true;
  using settings_base::set;
  constexpr void set(const no_bias_option*) {
    take(option::no_bias, option::no_bias), bias = false;
  }
};

template <int Out, linear_settings S = linear_settings{}>
struct linear_of : linear_layer {
  template <class... Options>
  consteval auto operator()(Options...) const {
    return linear_of<Out, with_options<S, Options...>()>{};
  }
  static constexpr void spell(text& t) { t << "linear<" << Out << (S.bias ? ">" : ">(no_bias)"); }
  static constexpr dims shape(dims in, complaint& no) {
    if (!options_fit(S, "no_bias", no)) return {};
    if (Out < 1) return no("has a size that is not positive", "correct the number");
    if (in.rank != 1) return no("needs a flat input", "put flatten before it");
    return dims(Out);
  }
  static constexpr long parameters(dims in) { return saturated(Out, in[0]) + (S.bias ? Out : 0); }
  static constexpr long macs(dims in) { return saturated(Out, in[0]); }

  static auto forward(auto& k, auto x) {
    const auto w = weight(k, x);
    return S.bias ? multiply(k, x, w, bias(k, x)) : multiply(k, x, w, decltype(x){});
  }
  // With y = scale * (W x + b) + shift taken in: the scaled weight and bias are computed once, when
  // weights are loaded.
  static auto forward_scaled(auto& k, auto x, auto scale, auto shift) {
    const auto o = k.over(Out), i = k.over(x.shape[0]);
    const auto w = weight(k, x);
    const auto folded = k.define({o, i}, w(o, i) * scale(o), "folded_weight");
    if constexpr (S.bias) {
      const auto b = bias(k, x);
      return multiply(k, x, folded, k.define({o}, shift(o) + scale(o) * b(o), "folded_bias"));
    } else {
      return multiply(k, x, folded, shift);
    }
  }

 private:
  static auto weight(auto& k, const auto& x) {
    return k.parameter("weight", {Out, x.shape[0]}, k.fan_in_uniform(x.shape[0], Out), true);
  }
  static auto bias(auto& k, const auto& x) {
    return k.parameter("bias", {Out}, k.fan_in_uniform(x.shape[0], Out), false);
  }
  static auto multiply(auto& k, const auto& x, const auto& w, const auto& b) {
    const auto o = k.over(Out), i = k.over(x.shape[0]);
    const auto product = sum({i}, w(o, i) * x(i));
    return k.define({o}, b ? b(o) + product : product);
  }
};

}  // namespace detail

template <int Out>
inline constexpr detail::linear_of<Out> linear{};

TENON_SAMPLES(linear, input<1> | linear<1>, input<7> | linear<13>, input<16> | linear<17>(no_bias),
              input<33> | linear<32>)

}  // namespace tenon
