// mean_absolute_error: a loss on values y and targets t of the same shape. L = mean of |y - t| over
// values and batch, as PyTorch's L1Loss.
//   d_y = sign(y - t) / (n values), 0 where they are equal. Nothing in evaluation.
#pragma once
#include "dsl/layers/mean_squared_error.hpp"

namespace tenon {

struct mean_absolute_error_layer : detail::loss_of_values {
  static constexpr std::string_view kind = "mean_absolute_error";

  static auto loss(auto& k, auto y, auto target) {
    return mean_of(k, y, target, [](const auto& v, const auto& t) { return max(v - t, t - v); });
  }
  static auto backward(auto& k, auto y, auto target) {
    return gradient_of(k, y, target, 1, [](const auto& v, const auto& t) {
      return select(greater(v, t), 1, select(greater(t, v), -1, 0));
    });
  }
};

inline constexpr mean_absolute_error_layer mean_absolute_error{};

TENON_SAMPLES(mean_absolute_error, input<1> | mean_absolute_error, input<17> | mean_absolute_error,
              input<2, 3, 4> | mean_absolute_error)

}  // namespace tenon
