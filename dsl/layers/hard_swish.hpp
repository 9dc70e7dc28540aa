// hard_swish: y = x min(max(x + 3, 0), 6) / 6 (Howard et al., 2019).
//   Any shape, unchanged. Gradient derived; 0 below -3, d_y above 3.
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct hard_swish_layer : layer {
  static constexpr std::string_view kind = "hard_swish";

  static auto forward(auto& k, auto x) {
    return k.map(x, [](const auto& v) { return v * min(max(v + 3, 0), 6) * (1.0 / 6); });
  }
};

inline constexpr hard_swish_layer hard_swish{};

TENON_SAMPLES(hard_swish, input<1> | hard_swish, input<17> | hard_swish, input<3, 5> | hard_swish,
              input<2, 3, 4> | hard_swish)

}  // namespace tenon
