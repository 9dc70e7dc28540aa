// What the losses share: the option `weighted`, and those that are a mean over values.
#pragma once
#include "dsl/layer.hpp"
#include "dsl/options.hpp"

namespace tenon::detail {

struct loss_settings : settings_base {
  bool weighted = false;
  using settings_base::set;
  constexpr void set(const weighted_option*) {
    take(option::weighted, option::weighted), weighted = true;
  }
};

// A sample's part of loss or gradient, times its weight where samples count differently.
template <bool Weighted>
auto weighed(auto& k, const auto& value) {
  if constexpr (Weighted) {
    return value * k.sample_weight()();
  } else {
    return value;
  }
}

// A loss that is a mean over values and batch of what each value and its target give.
struct loss_of_values : layer {
  static constexpr kind_of_row role = kind_of_row::loss;
  static constexpr bool identity_in(mode m) { return m == mode::eval; }
  static constexpr bool target_is_class = false;
  static constexpr dims target_shape(dims in) { return in; }
  static constexpr double slope_factor = 1;
  static auto probabilities(auto&, auto y) { return y; }
};

// Formula: a loss_of_values with `each(y, t)`, and the derivative of that in y, which is
// slope_factor times `slope(y, t)`.
template <class Formula, loss_settings S = loss_settings{}>
struct value_loss : Formula {
  template <class... Options>
  consteval auto operator()(Options...) const {
    return value_loss<Formula, with_options<S, Options...>()>{};
  }
  static constexpr void spell(text& t) {
    detail::spell<Formula>(t);
    if (S.weighted) t << "(weighted)";
  }
  static constexpr dims shape(dims in, complaint& no) {
    return options_fit(S, "weighted", no) ? Formula::shape(in, no) : dims{};
  }
  static auto loss(auto& k, auto y, auto target) {
    const auto axes = k.over(y.shape);
    const auto value = weighed<S.weighted>(k, Formula::each(y.at(axes), target.at(axes)));
    const auto total = k.sum_over_batch({}, sum(axes, value), "sum");
    return k.define({}, total() / (k.batch_size() * static_cast<double>(y.shape.count())), "loss");
  }
  static auto backward(auto& k, auto y, auto target) {
    const auto axes = k.over(y.shape);
    const double share = Formula::slope_factor / static_cast<double>(y.shape.count());
    const auto slope = weighed<S.weighted>(k, Formula::slope(y.at(axes), target.at(axes)));
    return k.define(axes, live(slope * share / k.batch_size()));
  }
};

}  // namespace tenon::detail
