// Settings, rules and counts of conv1d_transpose and conv2d_transpose: the window that each input
// spreads. transposed_convolution.hpp has the formula.
#pragma once
#include <limits>

#include "dsl/weights.hpp"
#include "dsl/window.hpp"

namespace tenon::detail {

struct transposed_convolution : with_initial<window> {
  int channels = 0;
  int group_count = 1;
  extent output_padding{0, 0};

  using with_initial<window>::set;
  template <int H, int W>
  constexpr void set(const dilation_option<H, W>*) {
    take(option::dilation, option::dilation), dilation = {H, W};
  }
  template <int H, int W>
  constexpr void set(const output_padding_option<H, W>*) {
    take(option::output_padding, option::output_padding), output_padding = {H, W};
  }
  template <int G>
  constexpr void set(const groups_option<G>*) {
    take(option::groups, option::groups), group_count = G;
  }

  constexpr long size(int d, int n) const {
    return long{stride[d]} * (n - 1) + reach(d) - 2L * padding[d] + output_padding[d];
  }
  constexpr dims output(const dims& in) const {
    dims out(channels);
    for (int d = 0; d + 1 < in.rank; ++d)
      out.size[out.rank++] = static_cast<int>(size(d, in[d + 1]));
    return out;
  }
  constexpr int largest_step(int d) const {
    return stride[d] > dilation[d] ? stride[d] : dilation[d];
  }
  // Outputs of different phases are computed by kernels of their own.
  constexpr int phases(int d, int size) const { return stride[d] < size ? stride[d] : size; }
  constexpr dims weight(const dims& in) const {
    dims w(in[0], channels / group_count);
    for (int d = 0; d + 1 < in.rank; ++d) w.size[w.rank++] = kernel[d];
    return w;
  }
  // As PyTorch counts them: of the weight's second dimension and of its first.
  constexpr long fan_in(const dims& in) const {
    return saturated(channels / group_count, taps(in.rank));
  }
  constexpr long fan_out(const dims& in) const { return saturated(in[0], taps(in.rank)); }
  constexpr weight_sizes sizes(const dims& in) const {
    return {.shape = weight(in), .fan_in = fan_in(in), .fan_out = fan_out(in)};
  }
  constexpr long parameters(const dims& in) const {
    return saturated(in[0], fan_in(in)) + (bias ? channels : 0);
  }
  constexpr long macs(const dims& in) const { return saturated(in.count(), fan_in(in)); }

  constexpr dims shape(const dims& in, complaint& no, int rank) const {
    if (!options_fit(*this,
                     "padding<P>, output_padding<P>, stride<S>, dilation<D>, groups<G>, no_bias, "
                     "init<he_normal>",
                     no))
      return {};
    if (kernel == extent{-1, -1})
      return no("has no kernel size", text("write conv")
                                          << rank - 1 << "d_transpose<" << channels << ", 2>");
    if (channels < 1)
      return no("has a number of channels that is not positive", "correct the number");
    if (in.rank != rank)
      return no(rank == 2 ? "needs [channels, length]" : "needs [channels, height, width]",
                rank == 2 ? "use conv2d_transpose, or declare input<C, L>"
                          : "use conv1d_transpose, or declare input<C, H, W>");
    if (!sizes_fit(no)) return {};
    if (rank == 2 &&
        (kernel[0] != kernel[1] || stride[0] != stride[1] || dilation[0] != dilation[1] ||
         padding[0] != padding[1] || output_padding[0] != output_padding[1]))
      return no("has options of two numbers for one length", "give one number, such as kernel<3>");
    if (group_count < 1) return no("has a size that is not positive", "correct the number");
    if (in[0] % group_count != 0 || channels % group_count != 0)
      return no(text("its ") << group_count << " groups do not divide " << in[0] << " and "
                             << channels << " channels",
                "choose groups that divide both channel counts");
    for (int d = 0; d + 1 < in.rank; ++d) {
      // More would be a border of nothing but biases.
      if (output_padding[d] < 0 || output_padding[d] >= largest_step(d))
        return no(text("has an output padding of ") << output_padding[d],
                  "use one from 0 to below the stride (or the dilation, if that is larger)");
      if (size(d, in[d + 1]) < 1)
        return no("has a padding that leaves nothing", "use a smaller padding");
      if (size(d, in[d + 1]) > std::numeric_limits<int>::max())
        return no("gives more than 2147483647 elements", "use smaller sizes");
    }
    if (!initial.fits(no)) return {};
    return output(in);
  }

  constexpr void spell(text& t, int rank) const {
    t << "conv" << rank - 1 << "d_transpose<" << channels;
    if (kernel != extent{-1, -1}) window::spell(t << ", ");
    option_list list(t << ">");
    spell_options(list, {1, 1});
    if (output_padding != extent{0, 0}) list.next() << "output_padding<" << output_padding << ">";
    if (group_count != 1) list.next() << "groups<" << group_count << ">";
    spell_initial(list);
    list.close();
  }
};

template <int Channels, auto Kernel>
consteval transposed_convolution make_transposed() {
  transposed_convolution c;
  c.channels = Channels;
  c.kernel = as_extent(Kernel);
  return c;
}

}  // namespace tenon::detail
