// avg_pool<K>(stride<S>, padding<P>, floor_): the mean under each window; padded zeros count, as in
// PyTorch.
//   x [C, H, W] or [C, L], y [C, H', W'] or [C, L'].   y = sum / taps, d_x = sum of d_y over the
//     windows that see x / taps (derived).
#pragma once
#include "dsl/pooling.hpp"

namespace tenon {

struct avg_pool_layer : layer {
  static constexpr std::string_view kind = "avg_pool";
  static constexpr bool passes_factor = true;
};

namespace detail {

template <pooling P>
struct avg_pool_of : avg_pool_layer {
  template <class... Options>
  consteval auto operator()(Options...) const {
    return avg_pool_of<with_options<P, Options...>()>{};
  }
  static constexpr void spell(text& t) { P.spell(t, kind); }
  static constexpr dims shape(dims in, complaint& no) { return P.shape(in, no, kind); }

  static auto forward(auto& k, auto x) {
    const double share = 1.0 / static_cast<double>(P.taps(x.shape.rank));
    return pool(k, x, P, 0, [&](const auto& window_axes, const auto& read) {
      return sum(window_axes, read) * share;
    });
  }
};

}  // namespace detail

template <auto Kernel = detail::no_kernel{}>
inline constexpr detail::avg_pool_of<detail::make_pooling<Kernel>()> avg_pool{};

TENON_SAMPLES(avg_pool, input<3, 6> | avg_pool<3>,
              input<2, 17> | avg_pool<3>(stride<2>, padding<1>), input<1, 4, 6> | avg_pool<2>,
              input<3, 7, 7> | avg_pool<3>(stride<2>), input<2, 7, 5> | avg_pool<2>(floor_),
              input<2, 6, 9> | avg_pool<kernel<2, 3>>,
              input<2, 7, 8> | avg_pool<3>(stride<2, 1>, padding<1>))

}  // namespace tenon
