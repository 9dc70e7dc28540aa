// dropout<drop(p)> or dropout<keep(q)>, q = 1 - p: y = x / q with probability q, else 0 (inverted
// dropout: Srivastava et al., 2014).
//   Any shape, unchanged; one mask per element, sample and step.
//   Kept iff u < q, u uniform in [0, 1): exact for q = 1.
//   d_x = d_y times the same mask. Nothing in evaluation.
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct dropout_layer : layer {
  static constexpr std::string_view kind = "dropout";
};

namespace detail {

struct probability {
  double value;
  bool of_keeping;
  constexpr double keep() const { return of_keeping ? value : 1 - value; }
};

template <auto P>
struct dropout_of : dropout_layer {
  static constexpr bool is_named = std::same_as<std::remove_cv_t<decltype(P)>, probability>;

  static constexpr void spell(text& t) {
    if constexpr (is_named)
      t << "dropout<" << (P.of_keeping ? "keep(" : "drop(") << P.value << ")>";
    else if constexpr (std::is_arithmetic_v<decltype(P)>)
      t << "dropout<" << P << ">";
    else
      t << "dropout<>";
  }
  static constexpr dims shape(dims in, complaint& no) {
    if constexpr (is_named) {
      if (P.of_keeping && !(P.value > 0 && P.value <= 1))
        return no("keeps with a probability outside (0, 1]",
                  "write a number over 0 and up to 1, such as keep(0.8)");
      if (!P.of_keeping && !(P.value >= 0 && P.value < 1))
        return no("drops with a probability outside [0, 1)",
                  "write a number from 0 to below 1, such as drop(0.5)");
      return in;
    } else if constexpr (std::is_arithmetic_v<decltype(P)>) {
      const double p = P > 0 && P < 1 ? static_cast<double>(P) : 0.5;
      return no("has a bare number", text("say which: dropout<drop(")
                                         << p << ")> or dropout<keep(" << p << ")>");
    } else {
      return no("has no probability", "write dropout<drop(0.5)> or dropout<keep(0.5)>");
    }
  }
  static constexpr bool identity_in(mode m) {
    if constexpr (is_named) return m == mode::eval || P.keep() == 1;
    return m == mode::eval;
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

struct no_probability {};

}  // namespace detail

// Probabilities are named, for the literature uses p for both.
constexpr detail::probability drop(double p) { return {p, false}; }
constexpr detail::probability keep(double p) { return {p, true}; }

template <auto P = detail::no_probability{}>
inline constexpr detail::dropout_of<P> dropout{};

TENON_SAMPLES(dropout, input<1> | dropout<drop(0.5)>, input<17> | dropout<keep(0.8)>,
              input<3, 5> | dropout<drop(0.1)>, input<2, 3, 4> | dropout<drop(0.75)>,
              input<5> | dropout<drop(0)>)

}  // namespace tenon
