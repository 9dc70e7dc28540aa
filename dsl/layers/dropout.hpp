// dropout<drop(p)> or dropout<keep(q)>, q = 1 - p: y = x / q with probability q, else 0 (inverted
// dropout: Srivastava et al., 2014).
//   Any shape, unchanged; one mask per element, sample and step.
//   Kept iff u < q, u uniform in [0, 1): exact for q = 1.
//   d_x = d_y times the same mask. Nothing in evaluation.
//   dropout<...>(vanilla): y = x with probability q, else 0; evaluation multiplies by q instead, in
//     the weights of the linear layer or convolution that follows.
#pragma once
#include "dsl/options.hpp"
#include "dsl/probability.hpp"

namespace tenon {

struct dropout_layer : layer {
  static constexpr std::string_view kind = "dropout";
  static constexpr bool is_noise = true;
};

namespace detail {

struct dropout_settings : settings_base {
  bool is_vanilla = false;
  using settings_base::set;
  constexpr void set(const vanilla_option*) {
    take(option::vanilla, option::vanilla), is_vanilla = true;
  }
};

template <auto P, dropout_settings S = dropout_settings{}>
struct dropout_of : dropout_layer {
  static constexpr double factor = [] {
    if constexpr (is_probability<P>) return S.is_vanilla ? P.keep() : 1.0;
    return 1.0;
  }();

  template <class... Options>
  consteval auto operator()(Options...) const {
    return dropout_of<P, with_options<S, Options...>()>{};
  }
  static constexpr void spell(text& t) {
    spell_probability<P>(t, "dropout");
    if (S.is_vanilla) t << "(vanilla)";
  }
  static constexpr dims shape(dims in, complaint& no) {
    if (!options_fit(S, "vanilla", no)) return {};
    return probability_fits<P>("dropout", no) ? in : dims();
  }
  static constexpr bool identity_in(mode m) { return m == mode::eval || keeps_all<P>; }

  // In evaluation only where the dropping of identities is switched off.
  static auto forward(auto& k, auto x) {
    if (!k.train) return k.map(x, [](const auto& v) { return v * factor; });
    const auto axes = k.over(x.shape);
    const auto u = k.uniform(k.row_major(axes));
    const auto mask = k.define(axes, select(greater(P.keep(), u), factor / P.keep(), 0), "mask");
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
              input<5> | dropout<drop(0)>, input<1, 7> | dropout<drop(0.4)>(vanilla) | conv1d<3, 2>,
              input<2, 6> | dropout<keep(0.8)>(vanilla) | conv1d<4, 3>(same) | batch_norm |
                  conv1d<3, 1> | dropout<drop(0.5)>(vanilla) | avg_pool<2> | conv1d<2, 1>)

}  // namespace tenon
