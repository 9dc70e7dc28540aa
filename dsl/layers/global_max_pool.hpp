// global_max_pool: the largest value of each channel.   x [C, ...], y [C]. All of d_y goes to the
// first maximum in row-major order (derived).
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct global_max_pool_layer : layer {
  static constexpr std::string_view kind = "global_max_pool";
  static constexpr dims shape(dims in, complaint& no) {
    return in.rank > 1 ? dims(in[0])
                       : no("needs [channels, ...]", "remove it: its input is flat already");
  }
  static auto forward(auto& k, auto x) {
    auto axes = k.over(x.shape);
    const auto element = x.at(axes);
    const auto c = axes.front();
    axes.erase(axes.begin());
    return k.define({c}, maximum(axes, element));
  }
};

inline constexpr global_max_pool_layer global_max_pool{};

TENON_SAMPLES(global_max_pool, input<3, 7> | global_max_pool, input<1, 1, 1> | global_max_pool,
              input<17, 3, 5> | global_max_pool)

}  // namespace tenon
