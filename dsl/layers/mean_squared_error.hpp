// mean_squared_error: a loss on values y and targets t of the same shape. L = mean of (y - t)^2
// over values and batch, as PyTorch's MSELoss.
//   d_y = 2 (y - t) / (n values). Nothing in evaluation.
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct mean_squared_error_layer : layer {
  static constexpr kind_of_row role = kind_of_row::loss;
  static constexpr std::string_view kind = "mean_squared_error";
  static constexpr bool identity_in(mode m) { return m == mode::eval; }
  static constexpr bool target_is_class = false;
  static constexpr dims target_shape(dims in) { return in; }

  static auto loss(auto& k, auto y, auto target) {
    const auto axes = k.over(y.shape);
    const auto error = y.at(axes) - target.at(axes);
    const auto total = k.sum_over_batch({}, sum(axes, error * error), "sum");
    return k.define({}, total() / (k.batch_size() * static_cast<double>(y.shape.count())), "loss");
  }
  static auto backward(auto& k, auto y, auto target) {
    const auto axes = k.over(y.shape);
    const auto error = y.at(axes) - target.at(axes);
    return k.define(axes,
                    live(error * (2.0 / static_cast<double>(y.shape.count())) / k.batch_size()));
  }
  static auto probabilities(auto&, auto y) { return y; }
};

inline constexpr mean_squared_error_layer mean_squared_error{};

TENON_SAMPLES(mean_squared_error, input<1> | mean_squared_error, input<17> | mean_squared_error,
              input<2, 3, 4> | mean_squared_error)

}  // namespace tenon
