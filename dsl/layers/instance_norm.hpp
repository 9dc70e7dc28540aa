// instance_norm(epsilon<1e-5>, no_affine): normalises each channel of each sample by itself, over
// its positions; the same in training and evaluation, without running statistics (Ulyanov et al.,
// 2016).
//   x, y [C, ...]; weight, bias [C]: y = weight u + bias.   norm.hpp has u and its gradient;
//     d_weight = sum d_y u, d_bias = sum d_y, over batch and positions.
#pragma once
#include "dsl/norm.hpp"

namespace tenon {

struct instance_norm_layer : layer {
  static constexpr std::string_view kind = "instance_norm";
};

namespace detail {

template <norm_settings S>
struct instance_norm_of : instance_norm_layer {
  // Clang 19 reads floating-point members of S at wrong addresses, but not those of a copy.
  static constexpr norm_settings settings = S;

  template <class... Options>
  consteval auto operator()(Options...) const {
    return instance_norm_of<with_options<S, Options...>()>{};
  }
  static constexpr void spell(text& t) { spell_norm(t << "instance_norm", settings); }
  static constexpr dims shape(dims in, complaint& no) {
    if (!norm_fits(settings, in.count() / in[0], no)) return {};
    return in;
  }
  static constexpr long parameters(dims in) { return settings.affine ? 2L * in[0] : 0; }

  static auto forward(auto& k, auto x) {
    return scale_channels(k, normalize_groups(k, x, x.shape[0], settings.epsilon), settings.affine);
  }
  static auto backward(auto& k, auto x, auto y, auto d_y) {
    return group_norm_backward(k, x, y, d_y, y.shape[0], settings.affine);
  }
};

}  // namespace detail

inline constexpr detail::instance_norm_of<detail::norm_settings{}> instance_norm{};

TENON_SAMPLES(instance_norm, input<1, 2> | instance_norm, input<3, 17> | instance_norm,
              input<2, 3, 4> | instance_norm(epsilon<1e-3>),
              input<5, 2, 3> | instance_norm(no_affine))

}  // namespace tenon
