// global_avg_pool: the mean of each channel.   x [C, ...], y [C].   y = sum / count, d_x = d_y /
// count (derived).
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct global_avg_pool_layer : layer {
  static constexpr std::string_view kind = "global_avg_pool";
  static constexpr bool passes_factor = true;
  static constexpr dims shape(dims in, complaint& no) {
    return in.rank > 1 ? dims(in[0])
                       : no("needs [channels, ...]", "remove it: its input is flat already");
  }
  static auto forward(auto& k, auto x) {
    auto axes = k.over(x.shape);
    const auto element = x.at(axes);
    const auto c = axes.front();
    axes.erase(axes.begin());
    return k.define({c},
                    sum(axes, element) * (1.0 / static_cast<double>(x.shape.count() / x.shape[0])));
  }
};

inline constexpr global_avg_pool_layer global_avg_pool{};

TENON_SAMPLES(global_avg_pool, input<3, 7> | global_avg_pool, input<1, 1, 1> | global_avg_pool,
              input<17, 3, 5> | global_avg_pool)

}  // namespace tenon
