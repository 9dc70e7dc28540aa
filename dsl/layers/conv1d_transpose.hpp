// conv1d_transpose<O, K>(stride<S>, padding<P>, output_padding<P>, dilation<D>, groups<G>, no_bias,
// init<he_normal>): each input spreads K weights over the output: a learnt upsampling.
// transposed_convolution.hpp has the formula.
//   x [C, L], weight [C, O / groups, K], bias [O], y [O, S (L - 1) + D (K - 1) + 1 - 2 P + output
//     padding].   Gradients: stated, a convolution of d_y for x.
//   Filled with U(-1/sqrt(F), 1/sqrt(F)), F = O / groups times the taps; bias too, as PyTorch's
//     ConvTranspose1d.
#pragma once
#include "dsl/transposed_convolution.hpp"

namespace tenon {

struct conv1d_transpose_layer : layer {
  static constexpr std::string_view kind = "conv1d_transpose";
  static constexpr bool absorbs_affine = true;
  static constexpr bool takes_factor = true;
};

template <int Channels, auto Kernel = detail::no_kernel{}>
inline constexpr detail::transposed_convolution_of<conv1d_transpose_layer, 2,
                                                   detail::make_transposed<Channels, Kernel>()>
    conv1d_transpose{};

TENON_SAMPLES(conv1d_transpose, input<1, 7> | conv1d_transpose<1, 1>,
              input<3, 5> | conv1d_transpose<4, 3>(stride<2>, padding<1>, output_padding<1>),
              input<4, 6> | conv1d_transpose<6, 4>(stride<3>, dilation<2>, groups<2>, no_bias),
              input<2, 4> | conv1d_transpose<3, 2>(stride<4>, padding<1>))

}  // namespace tenon
