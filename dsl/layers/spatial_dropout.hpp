// spatial_dropout<drop(p)> or spatial_dropout<keep(q)>, q = 1 - p: whole channels are dropped:
// y[c, ...] = x[c, ...] / q with probability q, else 0 (Tompson et al., 2015).
//   Any shape, unchanged; one decision per channel, sample and step: neighbours in a picture hold
//     nearly the same values, so dropping single ones would take little away.
//   d_x = d_y times the same mask. Nothing in evaluation.
#pragma once
#include "dsl/probability.hpp"

namespace tenon {

struct spatial_dropout_layer : layer {
  static constexpr std::string_view kind = "spatial_dropout";
  static constexpr bool is_noise = true;
};

namespace detail {

template <auto P>
struct spatial_dropout_of : spatial_dropout_layer {
  static constexpr void spell(text& t) { spell_probability<P>(t, "spatial_dropout"); }
  static constexpr dims shape(dims in, complaint& no) {
    return probability_fits<P>("spatial_dropout", no) ? in : dims();
  }
  static constexpr bool identity_in(mode m) { return m == mode::eval || keeps_all<P>; }

  // In evaluation only where the dropping of identities is switched off.
  static auto forward(auto& k, auto x) {
    if (!k.train) return k.map(x, [](const auto& v) { return v; });
    const auto c = k.over(x.shape[0]);
    const auto mask =
        k.define({c}, select(greater(P.keep(), k.uniform(1 * c)), 1 / P.keep(), 0), "mask");
    return masked(k, x, mask);
  }
  static auto backward(auto& k, auto x, auto, auto d_y) {
    if (!k.needs_gradient(x)) return decltype(x){};
    return masked(k, d_y, k.recall("mask"));
  }

 private:
  static auto masked(auto& k, auto x, auto mask) {
    const auto axes = k.over(x.shape);
    return k.define(axes, x.at(axes) * mask(axes[0]));
  }
};

}  // namespace detail

template <auto P = detail::no_probability{}>
inline constexpr detail::spatial_dropout_of<P> spatial_dropout{};

TENON_SAMPLES(spatial_dropout, input<17> | spatial_dropout<drop(0.5)>,
              input<6, 5> | spatial_dropout<keep(0.8)>, input<5, 3, 4> | spatial_dropout<drop(0.3)>,
              input<5> | spatial_dropout<drop(0)>)

}  // namespace tenon
