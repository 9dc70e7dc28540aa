// pad<P>, pad<H, W>: P zeros before and behind every dimension but the channels.
//   x [C, L] or [C, H, W], y [C, L + 2 P] or [C, H + 2 P, W + 2 P].   d_x is the inner part of d_y
//   (derived). Costs nothing where the layer before writes it: the zeros are a halo that is there
//   already.
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct pad_layer : layer {
  static constexpr std::string_view kind = "pad";
  static constexpr bool passes_factor = true;
};

namespace detail {

template <int H, int W>
struct pad_of : pad_layer {
  static constexpr void spell(text& t) {
    t << kind << "<" << H;
    if (W != H) t << ", " << W;
    t << ">";
  }
  static constexpr dims shape(dims in, complaint& no) {
    if (H < 0 || W < 0) return no("has a negative size", "correct the number");
    if (H > 65'535 || W > 65'535) return no("has a size over 65535", "correct the number");
    if (in.rank < 2)
      return no("needs [channels, length] or [channels, height, width]", "move it before flatten");
    if (in.rank == 2 && H != W)
      return no("has two numbers for one length", "give one number, such as pad<1>");
    for (int d = 1; d < in.rank; ++d) {
      const long size = in[d] + 2L * (d == 1 ? H : W);
      if (size > 2'147'483'647) return no("gives more than 2147483647 elements", "use smaller sizes");
      in.size[d] = static_cast<int>(size);
    }
    return in;
  }
  static constexpr bool identity_in(mode) { return H == 0 && W == 0; }

  static auto forward(auto& k, auto x) {
    complaint none;
    const auto axes = k.over(shape(x.shape, none));
    if (x.shape.rank == 2) return k.define(axes, x(axes[0], axes[1] - H));
    return k.define(axes, x(axes[0], axes[1] - H, axes[2] - W));
  }
};

}  // namespace detail

template <int H, int W = H>
inline constexpr detail::pad_of<H, W> pad{};

TENON_SAMPLES(pad, input<1, 5> | pad<1>, input<3, 4> | pad<3>, input<2, 3, 4> | pad<1>,
              input<3, 2, 3> | pad<0, 2>, input<2, 3> | pad<0>)

}  // namespace tenon
