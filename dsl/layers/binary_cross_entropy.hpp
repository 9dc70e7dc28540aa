// binary_cross_entropy(weighted): a loss on logits z and targets t in [0, 1] of the same shape.
//   L = -mean of (t log p + (1 - t) log(1 - p)) over values and batch, p = sigmoid(z), as PyTorch's
//   BCEWithLogitsLoss; `weighted` as in mean_squared_error. Computed as
//   max(z, 0) - z t + log(1 + e^-|z|), which cannot overflow.
//   d_z = (p - t) / (n values). Probabilities are p. Nothing in evaluation.
#pragma once
#include "dsl/loss.hpp"

namespace tenon {

struct binary_cross_entropy_layer : detail::loss_of_values {
  static constexpr std::string_view kind = "binary_cross_entropy";
  static auto each(const auto& z, const auto& t) {
    return max(z, 0) - z * t + log(1 + exp(-max(z, -z)));
  }
  static auto slope(const auto& z, const auto& t) { return forms::sigmoid(z) - t; }
  static auto probabilities(auto& k, auto z) {
    return k.map(
        z, [](const auto& v) { return forms::sigmoid(v); }, "probabilities");
  }
};

inline constexpr detail::value_loss<binary_cross_entropy_layer> binary_cross_entropy{};

TENON_SAMPLES(binary_cross_entropy, input<1> | binary_cross_entropy,
              input<17> | binary_cross_entropy, input<2, 3, 4> | binary_cross_entropy,
              input<5> | binary_cross_entropy(weighted))

}  // namespace tenon
