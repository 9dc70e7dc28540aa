// conv2d<O, K>(options), such as conv2d<64, 3>(same, stride<2>): see convolution.hpp for the
// formula.
//   x [C, H, W], weight [O, C / groups, KH, KW], bias [O], y [O, H', W'].   Gradients of x, weight
//     and bias: derived.
//   Filled with U(-1/sqrt(F), 1/sqrt(F)), F = C / groups times the taps; bias too, as PyTorch's
//     Conv2d.
#pragma once
#include "dsl/convolution.hpp"

namespace tenon {

struct conv2d_layer : layer {
  static constexpr std::string_view kind = "conv2d";
  static constexpr bool absorbs_affine = true;
};

namespace detail {

template <convolution C>
struct conv2d_of : conv2d_layer {
  template <class... Options>
  consteval auto operator()(Options...) const {
    return conv2d_of<with_options<C, Options...>()>{};
  }
  static constexpr void spell(text& t) { C.spell(t, 3); }
  static constexpr dims shape(dims in, complaint& no) { return C.shape(in, no, 3); }
  static constexpr long parameters(dims in) { return C.parameters(in); }
  static constexpr long macs(dims in) { return C.macs(in); }

  static auto forward(auto& k, auto x) { return convolve(k, x, declare_weights(k, x, C), C); }
  static auto forward_scaled(auto& k, auto x, auto scale, auto shift) {
    return convolve(k, x, folded(k, declare_weights(k, x, C), scale, shift), C);
  }
};

}  // namespace detail

template <int Channels, auto Kernel = detail::no_kernel{}>
inline constexpr detail::conv2d_of<detail::make_convolution<Channels, Kernel>()> conv2d{};

TENON_SAMPLES(conv2d, input<1, 5, 7> | conv2d<1, 1>, input<3, 7, 5> | conv2d<4, 3>(same),
              input<2, 9, 8> | conv2d<3, 3>(stride<2>, padding<1>),
              input<4, 6, 5> | conv2d<6, kernel<3, 2>>(groups<2>, no_bias),
              input<3, 5, 5> | conv2d<6, 3>(depthwise, same),
              input<2, 9, 11> |
                  conv2d<3, kernel<2, 3>>(dilation<2, 3>, stride<1, 2>, padding<0, 2>),
              input<17, 4, 3> | conv2d<16, 1>(stride<2>),
              input<5, 6, 6> | conv2d<5, 4>(depthwise, same, stride<2>))

}  // namespace tenon
