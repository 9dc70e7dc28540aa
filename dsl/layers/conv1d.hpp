// conv1d<O, K>(same, padding<P>, stride<S>, dilation<D>, groups<G>, depthwise, and those of
// linear): O sums over windows of K positions and all channels of a group.   convolution.hpp has
//     the formula, weights.hpp and initialization.hpp what becomes of the weights.
//   x [C, L], weight [O, C / groups, K], bias [O], y [O, L'].   Gradients of x, weight and bias:
//     derived.
//   Filled with U(-1/sqrt(F), 1/sqrt(F)), F = C / groups times the taps; bias too, as PyTorch's
//     Conv1d, unless init<...> says otherwise.
#pragma once
#include "dsl/convolution.hpp"

namespace tenon {

struct conv1d_layer : layer {
  static constexpr std::string_view kind = "conv1d";
  static constexpr bool absorbs_affine = true;
  static constexpr bool takes_factor = true;
};

template <int Channels, auto Kernel = detail::no_kernel{}>
inline constexpr detail::convolution_of<conv1d_layer, 2,
                                        detail::make_convolution<Channels, Kernel>()>
    conv1d{};

TENON_SAMPLES(conv1d, input<1, 7> | conv1d<1, 1>,
              input<1, 17> | conv1d<5, 5>(stride<2>, padding<1>), input<3, 16> | conv1d<4, 3>(same),
              input<4, 13> | conv1d<6, 3>(groups<2>, dilation<2>, no_bias),
              input<3, 9> | conv1d<6, 4>(depthwise, same), input<2, 8> | conv1d<3, 2>(stride<3>),
              input<4, 7> | conv1d<6, 3>(groups<2>, weight_norm, init<glorot_normal>))

}  // namespace tenon
