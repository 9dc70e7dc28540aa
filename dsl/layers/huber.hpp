// huber<Delta>(weighted): a loss on values y and targets t of the same shape, with e = y - t:
// e^2 / 2 where |e| <= Delta, else Delta (|e| - Delta / 2); mean over values and batch (Huber,
// 1964; PyTorch's HuberLoss). huber<> has 1. `weighted` as in mean_squared_error.
//   d_y = e, but at least -Delta and at most Delta, / (n values). Nothing in evaluation.
#pragma once
#include "dsl/loss.hpp"

namespace tenon {

struct huber_layer : detail::loss_of_values {
  static constexpr std::string_view kind = "huber";
};

namespace detail {

template <auto Delta>
struct huber_formula : huber_layer {
  static constexpr double delta = static_cast<double>(Delta);

  static constexpr void spell(text& t) { t << "huber<" << Delta << ">"; }
  static constexpr dims shape(dims in, complaint& no) {
    return Delta > 0
               ? in
               : no("has a delta that is not positive", "write a positive number: huber<1.0>");
  }
  static auto each(const auto& y, const auto& t) {
    const auto size = max(y - t, t - y);
    return select(greater(size, delta), delta * (size - delta / 2), 0.5 * size * size);
  }
  static auto slope(const auto& y, const auto& t) { return max(-delta, min(y - t, delta)); }
};

}  // namespace detail

template <auto Delta = 1.0>
inline constexpr detail::value_loss<detail::huber_formula<Delta>> huber{};

TENON_SAMPLES(huber, input<1> | huber<>, input<17> | huber<0.5>, input<2, 3, 4> | huber<2>,
              input<5> | huber<0.75>(weighted))

}  // namespace tenon
