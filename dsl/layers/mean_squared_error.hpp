// mean_squared_error(weighted): a loss on values y and targets t of the same shape. L = mean of
// (y - t)^2 over values and batch, as PyTorch's MSELoss. With `weighted` each sample's part of loss
// and gradient is multiplied by its weight, 1 where the caller gives none.
//   d_y = 2 (y - t) / (n values). Nothing in evaluation.
#pragma once
#include "dsl/loss.hpp"

namespace tenon {

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
