// group_norm<G>(epsilon<1e-5>, no_affine): normalises each sample by itself, over groups of C / G
// channels and all positions; the same in training and evaluation (Wu and He, 2018).
//   x, y [C, ...]; weight, bias [C]: y = weight u + bias.   norm.hpp has u and its gradient;
//     d_weight = sum d_y u, d_bias = sum d_y, over batch and positions.
//   Without affine parameters group_norm<1> is layer_norm and group_norm<C> is instance_norm, bit
//   for bit.
#pragma once
#include "dsl/norm.hpp"

namespace tenon {

struct group_norm_layer : layer {
  static constexpr std::string_view kind = "group_norm";
};

namespace detail {

template <int Groups, norm_settings S = norm_settings{}>
struct group_norm_of : group_norm_layer {
  // Clang 19 reads floating-point members of S at wrong addresses, but not those of a copy.
  static constexpr norm_settings settings = S;

  template <class... Options>
  consteval auto operator()(Options...) const {
    return group_norm_of<Groups, with_options<S, Options...>()>{};
  }
  static constexpr void spell(text& t) {
    spell_norm(t << "group_norm<" << Groups << ">", settings);
  }
  static constexpr dims shape(dims in, complaint& no) {
    if (Groups < 1) return no("has a number of groups that is not positive", "correct the number");
    if (in[0] % Groups != 0)
      return no(text("its ") << Groups << " groups do not divide the " << in[0] << " channels",
                "choose a number of groups that does");
    if (!norm_fits(settings, in.count() / Groups, no)) return {};
    return in;
  }
  static constexpr long parameters(dims in) { return settings.affine ? 2L * in[0] : 0; }

  static auto forward(auto& k, auto x) {
    return scale_channels(k, normalize_groups(k, x, Groups, settings.epsilon), settings.affine);
  }
  static auto backward(auto& k, auto x, auto y, auto d_y) {
    return group_norm_backward(k, x, y, d_y, Groups, settings.affine);
  }
};

}  // namespace detail

template <int Groups>
inline constexpr detail::group_norm_of<Groups> group_norm{};

TENON_SAMPLES(group_norm, input<2> | group_norm<1>, input<18> | group_norm<3>,
              input<4, 5> | group_norm<2>(epsilon<1e-3>), input<6, 3, 4> | group_norm<3>,
              input<3, 2, 2> | group_norm<3>(no_affine), input<17, 2> | group_norm<1>)

}  // namespace tenon
