// dropout<drop(p)> or dropout<keep(q)>, q = 1 - p: y = x / q with probability q, else 0 (inverted
// dropout: Srivastava et al., 2014).
//   Any shape, unchanged; one mask per element, sample and step.
//   Kept iff u < q, u uniform in [0, 1): exact for q = 1.
//   d_x = d_y times the same mask. Nothing in evaluation.
#pragma once
#include "dsl/probability.hpp"

namespace tenon {

struct dropout_layer : layer {
  static constexpr std::string_view kind = "dropout";
};

namespace detail {

template <auto P>
struct dropout_of : dropout_layer {
  static constexpr void spell(text& t) {
    spell_probability<P>(t, "dropout");
  }
  static constexpr dims shape(dims in, complaint& no) {
    return probability_fits<P>("dropout", no) ? in : dims();
  }
  static constexpr bool identity_in(mode m) {
    return m == mode::eval || keeps_all<P>;
  }

  // In evaluation only where the dropping of identities is switched off.
  static auto forward(auto& k, auto x) {
    if (!k.train) return k.map(x, [](const auto& v) { return v; });
    const auto axes = k.over(x.shape);
    const auto u = k.uniform(k.row_major(axes));
    const auto mask = k.define(axes, select(greater(P.keep(), u), 1 / P.keep(), 0), "mask");
    return k.define(axes, x.at(axes) * mask.at(axes));
  }
  static auto backward(auto& k, auto x, auto y, auto d_y) {
    if (!k.needs_gradient(x)) return decltype(x){};
    const auto mask = k.recall("mask");
    const auto axes = k.over(y.shape);
    return k.define(axes, d_y.at(axes) * mask.at(axes));
  }
};

}  // namespace detail

template <auto P = detail::no_probability{}>
inline constexpr detail::dropout_of<P> dropout{};

TENON_SAMPLES(dropout, input<1> | dropout<drop(0.5)>, input<17> | dropout<keep(0.8)>,
              input<3, 5> | dropout<drop(0.1)>, input<2, 3, 4> | dropout<drop(0.75)>,
              input<5> | dropout<drop(0)>)

}  // namespace tenon
