// upsample<S>, upsample<H, W>: each element S times along every dimension behind the channels
// (nearest neighbour).
//   x [C, L] or [C, H, W], y [C, S L] or [C, S H, S W].   y[c, S i + u] = x[c, i]; d_x is the sum of
//   d_y over the copies (derived).
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct upsample_layer : layer {
  static constexpr std::string_view kind = "upsample";
  static constexpr bool passes_factor = true;
};

namespace detail {

template <int H, int W>
struct upsample_of : upsample_layer {
  static constexpr void spell(text& t) {
    t << kind << "<" << H;
    if (W != H) t << ", " << W;
    t << ">";
  }
  static constexpr dims shape(dims in, complaint& no) {
    if (H < 1 || W < 1) return no("has a size that is not positive", "correct the number");
    if (in.rank < 2)
      return no("needs [channels, length] or [channels, height, width]", "move it before flatten");
    if (in.rank == 2 && H != W)
      return no("has two numbers for one length", "give one number, such as upsample<2>");
    for (int d = 1; d < in.rank; ++d) {
      const long size = saturated(d == 1 ? H : W, in[d]);
      if (size > 2'147'483'647) return no("gives more than 2147483647 elements", "use smaller sizes");
      in.size[d] = static_cast<int>(size);
    }
    return in;
  }
  static constexpr bool identity_in(mode) { return H == 1 && W == 1; }

  static auto forward(auto& k, auto x) {
    constexpr int times[] = {H, W};
    const auto axes = k.over(x.shape);
    complaint none;
    const auto y = k.declare(shape(x.shape, none), k.home_of(x));
    auto at = k.indices(axes);
    for (std::size_t d = 1; d < axes.size(); ++d) {
      const int copies = times[d - 1];
      at[d] = copies * axes[d];
      if (copies > 1) at[d] = at[d] + k.over(copies);
    }
    k.write(y, at, x.at(axes));
    return y;
  }
};

}  // namespace detail

template <int H, int W = H>
inline constexpr detail::upsample_of<H, W> upsample{};

TENON_SAMPLES(upsample, input<1, 5> | upsample<3>, input<3, 4> | upsample<2>,
              input<2, 3, 4> | upsample<2>, input<3, 2, 3> | upsample<3, 1>,
              input<2, 3> | upsample<1>)

}  // namespace tenon
