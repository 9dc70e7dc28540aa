// mean_squared_error: a loss on values y and targets t of the same shape. L = mean of (y - t)^2
// over values and batch, as PyTorch's MSELoss.
//   d_y = 2 (y - t) / (n values). Nothing in evaluation.
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

namespace detail {

// A loss that is a mean over values and batch of what each value and its target give.
struct loss_of_values : layer {
  static constexpr kind_of_row role = kind_of_row::loss;
  static constexpr bool identity_in(mode m) { return m == mode::eval; }
  static constexpr bool target_is_class = false;
  static constexpr dims target_shape(dims in) { return in; }
  static auto probabilities(auto&, auto y) { return y; }

 protected:
  static auto mean_of(auto& k, auto y, auto target, auto each) {
    const auto axes = k.over(y.shape);
    const auto total = k.sum_over_batch({}, sum(axes, each(y.at(axes), target.at(axes))), "sum");
    return k.define({}, total() / (k.batch_size() * static_cast<double>(y.shape.count())), "loss");
  }
  // `each` times `factor`.
  static auto gradient_of(auto& k, auto y, auto target, double factor, auto each) {
    const auto axes = k.over(y.shape);
    const double share = factor / static_cast<double>(y.shape.count());
    return k.define(axes, live(each(y.at(axes), target.at(axes)) * share / k.batch_size()));
  }
};

}  // namespace detail

struct mean_squared_error_layer : detail::loss_of_values {
  static constexpr std::string_view kind = "mean_squared_error";

  static auto loss(auto& k, auto y, auto target) {
    return mean_of(k, y, target, [](const auto& v, const auto& t) { return (v - t) * (v - t); });
  }
  static auto backward(auto& k, auto y, auto target) {
    return gradient_of(k, y, target, 2, [](const auto& v, const auto& t) { return v - t; });
  }
};

inline constexpr mean_squared_error_layer mean_squared_error{};

TENON_SAMPLES(mean_squared_error, input<1> | mean_squared_error, input<17> | mean_squared_error,
              input<2, 3, 4> | mean_squared_error)

}  // namespace tenon
