// silu: y = x sigmoid(x) (Elfwing et al., 2017).
//   Any shape, unchanged. d_x = d_y (s + y (1 - s)) with s = sigmoid(x), derived.
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct silu_layer : layer {
  static constexpr std::string_view kind = "silu";

  static auto forward(auto& k, auto x) {
    return k.map(x, [](const auto& v) { return v * forms::sigmoid(v); });
  }
};

inline constexpr silu_layer silu{};

TENON_SAMPLES(silu, input<1> | silu, input<17> | silu, input<3, 5> | silu, input<2, 3, 4> | silu)

}  // namespace tenon
