// linear<Out>(no_bias, init<he_normal>, weight_norm, weight_standardization,
// drop_connect<drop(p)>, weight_noise<s>): y = W x + b.
//   weights.hpp and initialization.hpp have the options.
//   x [In], W [Out, In], b [Out], y [Out].   d_x = W^T d_y, d_W = d_y x^T, d_b = d_y, summed over
//     the batch (all derived).
//   Filled with U(-1/sqrt(In), 1/sqrt(In)), bias too, as PyTorch's Linear, unless init<...> says
//     otherwise.
#pragma once
#include "dsl/layer.hpp"
#include "dsl/weights.hpp"

namespace tenon {

struct linear_layer : layer {
  static constexpr std::string_view kind = "linear";
  static constexpr bool absorbs_affine = true;
  static constexpr bool takes_factor = true;
};

namespace detail {

struct linear_settings : with_weights<settings_base> {};

template <int Out, linear_settings S = linear_settings{}>
struct linear_of : linear_layer {
  // Clang 19 reads floating-point members of S at wrong addresses, but not those of a copy.
  static constexpr linear_settings settings = S;
  static constexpr bool is_noise = settings.is_random();

  template <class... Options>
  consteval auto operator()(Options...) const {
    return linear_of<Out, with_options<S, Options...>()>{};
  }
  static constexpr void spell(text& t) {
    option_list list(t << "linear<" << Out << ">");
    settings.spell_weights(list);
    list.close();
  }
  static constexpr dims shape(dims in, complaint& no) {
    if (!options_fit(settings,
                     "no_bias, init<he_normal>, weight_norm, weight_standardization, "
                     "drop_connect<drop(0.5)>, weight_noise<0.01>",
                     no))
      return {};
    if (Out < 1) return no("has a size that is not positive", "correct the number");
    if (in.rank != 1) return no("needs a flat input", "put flatten before it");
    if (!settings.weights_fit(in[0], no)) return {};
    return dims(Out);
  }
  static constexpr long parameters(dims in) { return settings.count_weights(Out, in[0]); }
  static constexpr long macs(dims in) { return saturated(Out, in[0]); }

  static auto forward(auto& k, auto x) { return multiply(k, x, weights(k, x)); }
  // With y = scale * (W x + b) + shift taken in: the scaled weight and bias are computed once, when
  // weights are loaded.
  static auto forward_scaled(auto& k, auto x, auto scale, auto shift) {
    return multiply(k, x, folded(k, weights(k, x), scale, shift));
  }

 private:
  static auto weights(auto& k, const auto& x) {
    const int in = x.shape[0];
    return declare_weights(k, x, {.shape = {Out, in}, .fan_in = in, .fan_out = Out}, settings);
  }
  static auto multiply(auto& k, const auto& x, const auto& p) {
    const auto o = k.over(Out), i = k.over(x.shape[0]);
    const auto product = sum({i}, p.weight(o, i) * x(i));
    return k.define({o}, p.bias ? p.bias(o) + product : product);
  }
};

}  // namespace detail

template <int Out>
inline constexpr detail::linear_of<Out> linear{};

TENON_SAMPLES(linear, input<1> | linear<1>, input<7> | linear<13>, input<16> | linear<17>(no_bias),
              input<33> | linear<32>, input<5> | linear<3>(weight_norm),
              input<18> | linear<4>(no_bias, weight_norm),
              input<6> | linear<5>(weight_standardization),
              input<6> | linear<5>(drop_connect<drop(0.3)>),
              input<6> | linear<5>(weight_norm, drop_connect<keep(0.8)>, no_bias),
              input<6> | linear<5>(weight_noise<0.1>),
              input<6> | linear<5>(drop_connect<keep(0.8)>, weight_noise<0.1>))

}  // namespace tenon
