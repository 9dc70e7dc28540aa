// layer_norm(epsilon<1e-5>, no_affine): normalises each sample by itself, over all of its values;
// the same in training and evaluation (Ba et al., 2016).
//   x, y, weight, bias: the whole sample's shape, as PyTorch's LayerNorm over it: y = weight u +
//     bias.   norm.hpp has u and its gradient; d_weight = sum d_y u, d_bias = sum d_y, over the
//     batch.
#pragma once
#include "dsl/norm.hpp"

namespace tenon {

struct layer_norm_layer : layer {
  static constexpr std::string_view kind = "layer_norm";
};

namespace detail {

template <norm_settings S>
struct layer_norm_of : layer_norm_layer {
  // Clang 19 reads floating-point members of S at wrong addresses, but not those of a copy.
  static constexpr norm_settings settings = S;

  template <class... Options>
  consteval auto operator()(Options...) const {
    return layer_norm_of<with_options<S, Options...>()>{};
  }
  static constexpr void spell(text& t) { spell_norm(t << "layer_norm", settings); }
  static constexpr dims shape(dims in, complaint& no) {
    if (!norm_fits(settings, in.count(), no)) return {};
    return in;
  }
  static constexpr long parameters(dims in) { return settings.affine ? 2 * in.count() : 0; }

  static auto forward(auto& k, auto x) {
    const auto u = normalize_groups(k, x, 1, settings.epsilon);
    if (!settings.affine) return u;
    const auto weight = k.parameter("weight", x.shape, k.filled(1), false),
               bias = k.parameter("bias", x.shape, k.filled(0), false);
    const auto axes = k.over(x.shape);
    return k.define(axes, u.at(axes) * weight.at(axes) + bias.at(axes));
  }
  static auto backward(auto& k, auto x, auto y, auto d_y) {
    const auto u = k.recall("normalized");
    if (settings.affine) {
      const auto axes = k.over(y.shape);
      k.gradient(k.recall("weight"), k.sum_over_batch(axes, d_y.at(axes) * u.at(axes), "d_weight"));
      k.gradient(k.recall("bias"), k.sum_over_batch(axes, d_y.at(axes), "d_bias"));
    }
    if (!k.needs_gradient(x)) return decltype(x){};
    return normalize_groups_backward(k, u, 1, [&](const auto& at) {
      return settings.affine ? d_y.at(at) * k.recall("weight").at(at) : d_y.at(at);
    });
  }
};

}  // namespace detail

inline constexpr detail::layer_norm_of<detail::norm_settings{}> layer_norm{};

TENON_SAMPLES(layer_norm, input<2> | layer_norm, input<17> | layer_norm(epsilon<1e-3>),
              input<3, 5> | layer_norm, input<2, 3, 4> | layer_norm,
              input<5, 1, 2> | layer_norm(no_affine))

}  // namespace tenon
