// mean_absolute_error(weighted): a loss on values y and targets t of the same shape. L = mean of
// |y - t| over values and batch, as PyTorch's L1Loss; `weighted` as in mean_squared_error.
//   d_y = sign(y - t) / (n values), 0 where they are equal. Nothing in evaluation.
#pragma once
#include "dsl/loss.hpp"

namespace tenon {

struct mean_absolute_error_layer : detail::loss_of_values {
  static constexpr std::string_view kind = "mean_absolute_error";
  static auto each(const auto& y, const auto& t) { return max(y - t, t - y); }
  static auto slope(const auto& y, const auto& t) {
    return select(greater(y, t), 1, select(greater(t, y), -1, 0));
  }
};

inline constexpr detail::value_loss<mean_absolute_error_layer> mean_absolute_error{};

TENON_SAMPLES(mean_absolute_error, input<1> | mean_absolute_error, input<17> | mean_absolute_error,
              input<2, 3, 4> | mean_absolute_error, input<5> | mean_absolute_error(weighted))

}  // namespace tenon
