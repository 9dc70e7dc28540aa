// conv2d_transpose<O, K>, conv2d_transpose<O, kernel<H, W>>(stride<S>, padding<P>,
// output_padding<P>, dilation<D>, groups<G>, no_bias, init<he_normal>): each input spreads K x K
// weights over the output: a learnt upsampling.  transposed_convolution.hpp has the formula.
//   x [C, H, W], weight [C, O / groups, KH, KW], bias [O], y [O, H', W'] with H' = S (H - 1) + D
//     (K - 1) + 1 - 2 P + output padding.   Gradients: stated, a convolution of d_y for x.
//   Filled with U(-1/sqrt(F), 1/sqrt(F)), F = O / groups times the taps; bias too, as PyTorch's
//     ConvTranspose2d.
#pragma once
#include "dsl/transposed_convolution.hpp"

namespace tenon {

struct conv2d_transpose_layer : layer {
  static constexpr std::string_view kind = "conv2d_transpose";
  static constexpr bool absorbs_affine = true;
  static constexpr bool takes_factor = true;
};

template <int Channels, auto Kernel = detail::no_kernel{}>
inline constexpr detail::transposed_convolution_of<conv2d_transpose_layer, 3,
                                                   detail::make_transposed<Channels, Kernel>()>
    conv2d_transpose{};

TENON_SAMPLES(conv2d_transpose, input<1, 3, 4> | conv2d_transpose<1, 1>,
              input<3, 4, 3> | conv2d_transpose<4, 2>(stride<2>),
              input<2, 3, 4> | conv2d_transpose<3, 3>(stride<2>, padding<1>, output_padding<1>),
              input<4, 3, 2> | conv2d_transpose<6, kernel<3, 2>>(groups<2>, stride<1, 3>,
                                                                 dilation<2, 1>, no_bias),
              input<3, 3, 3> | conv2d_transpose<3, 3>(groups<3>, padding<1>))

}  // namespace tenon
