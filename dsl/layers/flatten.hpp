// flatten: the same values in one row, in logical order (channels first).
//   x [C, H, W] or [C, L], y [N]. d_x = d_y, reshaped (derived).
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct flatten_layer : layer {
  static constexpr std::string_view kind = "flatten";
  static constexpr bool passes_factor = true;
  static constexpr dims shape(dims in, complaint&) { return dims(static_cast<int>(in.count())); }

  static auto forward(auto& k, auto x) {
    if (x.shape.rank == 1) return x;
    const auto axes = k.over(x.shape);
    auto y = k.declare(dims(static_cast<int>(x.shape.count())), k.home_of(x));
    k.write(y, {k.row_major(axes)}, x.at(axes));
    return y;
  }
};

inline constexpr flatten_layer flatten{};

TENON_SAMPLES(flatten, input<5> | flatten, input<3, 7> | flatten, input<2, 3, 5> | flatten)

}  // namespace tenon
