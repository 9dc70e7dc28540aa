// mish: y = x tanh(log(1 + e^x)) (Misra, 2019).
//   Any shape, unchanged. Gradient derived.
//   Computed without logarithm: with e = e^x, tanh(log(1 + e)) = n / (n + 2), n = e (e + 2). Above
//   20 that is 1 in double precision too, hence the minimum, which keeps e finite.
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct mish_layer : layer {
  static constexpr std::string_view kind = "mish";

  static auto forward(auto& k, auto x) {
    return k.map(x, [](const auto& v) {
      const auto e = exp(min(v, 20));
      const auto n = e * (e + 2);
      return v * (n / (n + 2));
    });
  }
};

inline constexpr mish_layer mish{};

TENON_SAMPLES(mish, input<1> | mish, input<17> | mish, input<3, 5> | mish, input<2, 3, 4> | mish)

}  // namespace tenon
