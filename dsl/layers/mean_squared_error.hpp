// mean_squared_error(weighted): a loss on values y and targets t of the same shape. L = mean of
// (y - t)^2 over values and batch, as PyTorch's MSELoss. With `weighted` each sample's part of loss
// and gradient is multiplied by its weight, 1 where the caller gives none.
//   d_y = 2 (y - t) / (n values). Nothing in evaluation.
#pragma once
#include "dsl/layer.hpp"
#include "dsl/options.hpp"

namespace tenon {

namespace detail {

// A loss that is a mean over values and batch of what each value and its target give.
struct loss_of_values : layer {
  static constexpr kind_of_row role = kind_of_row::loss;
  static constexpr bool identity_in(mode m) { return m == mode::eval; }
  static constexpr bool target_is_class = false;
  static constexpr dims target_shape(dims in) { return in; }
  static constexpr double slope_factor = 1;
  static auto probabilities(auto&, auto y) { return y; }
};

struct value_loss_settings : settings_base {
  bool weighted = false;
  using settings_base::set;
  constexpr void set(const weighted_option*) {
    take(option::weighted, option::weighted), weighted = true;
  }
};

// Formula: a loss_of_values with `each(y, t)`, and the derivative of that in y, which is
// slope_factor times `slope(y, t)`.
template <class Formula, value_loss_settings S = value_loss_settings{}>
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
    const auto value = weigh(k, Formula::each(y.at(axes), target.at(axes)));
    const auto total = k.sum_over_batch({}, sum(axes, value), "sum");
    return k.define({}, total() / (k.batch_size() * static_cast<double>(y.shape.count())), "loss");
  }
  static auto backward(auto& k, auto y, auto target) {
    const auto axes = k.over(y.shape);
    const double share = Formula::slope_factor / static_cast<double>(y.shape.count());
    const auto slope = weigh(k, Formula::slope(y.at(axes), target.at(axes)));
    return k.define(axes, live(slope * share / k.batch_size()));
  }

 private:
  static auto weigh(auto& k, const auto& value) {
    if constexpr (S.weighted) {
      return value * k.sample_weight()();
    } else {
      return value;
    }
  }
};

}  // namespace detail

struct mean_squared_error_layer : detail::loss_of_values {
  static constexpr std::string_view kind = "mean_squared_error";
  static constexpr double slope_factor = 2;
  static auto each(const auto& y, const auto& t) { return (y - t) * (y - t); }
  static auto slope(const auto& y, const auto& t) { return y - t; }
};

inline constexpr detail::value_loss<mean_squared_error_layer> mean_squared_error{};

TENON_SAMPLES(mean_squared_error, input<1> | mean_squared_error, input<17> | mean_squared_error,
              input<2, 3, 4> | mean_squared_error, input<2, 3> | mean_squared_error(weighted))

}  // namespace tenon
