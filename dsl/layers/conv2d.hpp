// conv2d<O, K>, conv2d<O, kernel<H, W>>(same, padding<P>, stride<S>, dilation<D>, groups<G>,
// depthwise, and those of linear): O sums over windows of K x K or H x W positions and all channels
// of a group. A pair of numbers in an option is height, then width; convolution.hpp has the
// formula.
//   weights.hpp and initialization.hpp say what becomes of the weights.
//   x [C, H, W], weight [O, C / groups, KH, KW], bias [O], y [O, H', W'].   Gradients of x, weight
//     and bias: derived.
//   Filled with U(-1/sqrt(F), 1/sqrt(F)), F = C / groups times the taps; bias too, as PyTorch's
//     Conv2d, unless init<...> says otherwise.
#pragma once
#include "dsl/convolution.hpp"

namespace tenon {

struct conv2d_layer : layer {
  static constexpr std::string_view kind = "conv2d";
  static constexpr bool absorbs_affine = true;
  static constexpr bool takes_factor = true;
};

template <int Channels, auto Kernel = detail::no_kernel{}>
inline constexpr detail::convolution_of<conv2d_layer, 3,
                                        detail::make_convolution<Channels, Kernel>()>
    conv2d{};

TENON_SAMPLES(conv2d, input<1, 5, 7> | conv2d<1, 1>, input<3, 7, 5> | conv2d<4, 3>(same),
              input<2, 9, 8> | conv2d<3, 3>(stride<2>, padding<1>),
              input<4, 6, 5> | conv2d<6, kernel<3, 2>>(groups<2>, no_bias),
              input<3, 5, 5> | conv2d<6, 3>(depthwise, same),
              input<2, 9, 11> |
                  conv2d<3, kernel<2, 3>>(dilation<2, 3>, stride<1, 2>, padding<0, 2>),
              input<17, 4, 3> | conv2d<16, 1>(stride<2>),
              input<5, 6, 6> | conv2d<5, 4>(depthwise, same, stride<2>),
              input<3, 5, 4> | conv2d<4, 3>(weight_standardization, same, init<he_normal, fan_out>),
              input<2, 4, 4> | conv2d<3, kernel<2, 3>>(weight_norm, no_bias, init<orthogonal>))

}  // namespace tenon
