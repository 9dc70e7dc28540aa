// max_pool<K>(stride<S>, padding<P>, floor_): the largest value under each window; padding never
// wins.
//   x [C, H, W] or [C, L], y [C, H', W'] or [C, L'].
//   d_x: all of d_y goes to the *first* maximum in row-major order, as in PyTorch (derived; ties
//        are common after relu).
#pragma once
#include <limits>

#include "dsl/pooling.hpp"

namespace tenon {

struct max_pool_layer : layer {
  static constexpr std::string_view kind = "max_pool";
};

namespace detail {

template <pooling P>
struct max_pool_of : max_pool_layer {
  template <class... Options>
  consteval auto operator()(Options...) const {
    return max_pool_of<with_options<P, Options...>()>{};
  }
  static constexpr void spell(text& t) { P.spell(t, kind); }
  static constexpr dims shape(dims in, complaint& no) { return P.shape(in, no, kind); }

  static auto forward(auto& k, auto x) {
    return pool(
        k, x, P, -std::numeric_limits<double>::infinity(),
        [](const auto& window_axes, const auto& read) { return maximum(window_axes, read); });
  }
};

}  // namespace detail

template <auto Kernel = detail::no_kernel{}>
inline constexpr detail::max_pool_of<detail::make_pooling<Kernel>()> max_pool{};

TENON_SAMPLES(max_pool, input<3, 6> | max_pool<2>,
              input<2, 17> | max_pool<3>(stride<2>, padding<1>), input<1, 4, 6> | max_pool<2>,
              input<3, 7, 7> | max_pool<3>(stride<2>), input<2, 7, 5> | max_pool<2>(floor_),
              input<2, 6, 9> | max_pool<kernel<2, 3>>,
              input<2, 8, 8> | max_pool<3>(stride<2>, padding<1>, floor_))

}  // namespace tenon
