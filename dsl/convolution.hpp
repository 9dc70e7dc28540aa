// What conv1d and conv2d share: settings, rules, counts, and the contract itself.
// Cross-correlation, as in all frameworks.
//
//   y[o, p] = bias[o] + sum over i, k of weight[o, i, k] x[g I + i, stride p + dilation k -
//     padding],   g = o / (O / groups)
//   x [C, ...], weight [O, I = C / groups, ...], y [O, ...]; outside x there are zeros.
#pragma once
#include "dsl/weights.hpp"
#include "dsl/window.hpp"

namespace tenon::detail {

struct convolution : with_weights<window> {
  int channels = 0;
  int group_count = 1;
  bool is_depthwise = false;

  using with_weights<window>::set;
  template <int H, int W>
  constexpr void set(const dilation_option<H, W>*) {
    take(option::dilation, option::dilation), dilation = {H, W};
  }
  constexpr void set(const same_option*) { take(option::padding, option::same), is_same = true; }
  template <int G>
  constexpr void set(const groups_option<G>*) {
    take(option::groups, option::groups), group_count = G;
  }
  constexpr void set(const depthwise_option*) {
    take(option::groups, option::depthwise), is_depthwise = true;
  }

  constexpr int groups(const dims& in) const { return is_depthwise ? in[0] : group_count; }
  constexpr dims weight(const dims& in) const {
    dims w(channels, in[0] / groups(in));
    for (int d = 0; d + 1 < in.rank; ++d) w.size[w.rank++] = kernel[d];
    return w;
  }
  constexpr long fan_in(const dims& in) const {
    return saturated(in[0] / groups(in), taps(in.rank));
  }
  constexpr long fan_out(const dims& in) const {
    return saturated(channels / groups(in), taps(in.rank));
  }
  constexpr long parameters(const dims& in) const { return count_weights(channels, fan_in(in)); }
  constexpr long macs(const dims& in) const {
    return saturated(output(in, channels).count(), fan_in(in));
  }

  constexpr dims shape(const dims& in, complaint& no, int rank) const {
    if (!options_fit(*this,
                     "same, padding<P>, stride<S>, dilation<D>, groups<G>, depthwise, no_bias, "
                     "init<he_normal>, weight_norm, weight_standardization, "
                     "drop_connect<drop(0.5)>, weight_noise<0.01>",
                     no))
      return {};
    if (kernel == extent{-1, -1})
      return no("has no kernel size", text("write conv") << rank - 1 << "d<" << channels << ", 3>");
    if (channels < 1)
      return no("has a number of channels that is not positive", "correct the number");
    if (in.rank != rank)
      return no(rank == 2 ? "needs [channels, length]" : "needs [channels, height, width]",
                other_rank(in, rank));
    if (!fits(in, no)) return {};
    if (group_count < 1) return no("has a size that is not positive", "correct the number");
    if (in[0] % groups(in) != 0)
      return no(text("its ") << groups(in) << " groups do not divide the input channels",
                "choose groups that divide both channel counts");
    if (channels % groups(in) != 0)
      return no(
          text("its ") << groups(in) << " groups do not divide its " << channels << " channels",
          "choose groups that divide both channel counts");
    if (!weights_fit(fan_in(in), no)) return {};
    return output(in, channels);
  }

  constexpr void spell(text& t, int rank) const {
    t << "conv" << rank - 1 << "d<" << channels;
    if (kernel != extent{-1, -1}) window::spell(t << ", ");
    option_list list(t << ">");
    spell_options(list, {1, 1});
    if (group_count != 1) list.next() << "groups<" << group_count << ">";
    if (is_depthwise) list.next() << "depthwise";
    spell_weights(list);
    list.close();
  }

 private:
  static constexpr const char* other_rank(const dims& in, int rank) {
    if (in.rank == 1)
      return rank == 2 ? "move it before flatten, or declare input<C, L>"
                       : "move it before flatten, or declare input<C, H, W>";
    return rank == 2 ? "use conv2d, or declare input<C, L>"
                     : "use conv1d, or declare input<C, H, W>";
  }
};

template <int Channels, auto Kernel>
consteval convolution make_convolution() {
  convolution c;
  c.channels = Channels;
  c.kernel = as_extent(Kernel);
  return c;
}

template <class V>
weight_and_bias<V> declare_weights(auto& k, const V& x, const convolution& c) {
  return declare_weights(
      k, x,
      {.shape = c.weight(x.shape), .fan_in = c.fan_in(x.shape), .fan_out = c.fan_out(x.shape)}, c);
}

// The contract. Axes of one element are left out of the index maps, so that a depthwise or a 1x1
// convolution looks like one.
template <class V>
V convolve(auto& k, const V& x, const weight_and_bias<V>& p, const convolution& c) {
  const dims out = c.output(x.shape, c.channels);
  const int groups = c.groups(x.shape), outs = c.channels / groups, ins = x.shape[0] / groups;
  const auto g = k.over(groups), j = k.over(outs), i = k.over(ins);
  const auto o = (groups > 1 ? outs : 0) * g + (outs > 1 || groups == 1 ? 1 : 0) * j;
  const auto from = (groups > 1 ? ins : 0) * g + (ins > 1 ? 1 : 0) * i;
  auto reduced = k.over(dims());
  if (ins > 1) reduced.push_back(i);
  const auto with_bias = [&](const auto& product) {
    const auto contract = reduced.empty() ? product : sum(reduced, product);
    return p.bias ? p.bias(o) + contract : contract;
  };
  const auto tap = [&](int d) {  // where in dimension d kernel and input are read
    struct place {
      decltype(1 * i) kernel, input, output;
    };
    const auto position = k.over(out[d + 1]), offset = k.over(c.kernel[d]);
    if (c.kernel[d] > 1) reduced.push_back(offset);
    const int step = c.kernel[d] > 1 ? 1 : 0;
    return place{
        step * offset,
        c.stride[d] * position + (step * c.dilation[d]) * offset - static_cast<int>(c.before(d)),
        1 * position};
  };
  const V y = k.declare(out, k.home_of(x));
  const auto h = tap(0);
  if (out.rank == 2) {
    k.write(y, {o, h.output},
            with_bias(p.weight(o, (ins > 1 ? 1 : 0) * i, h.kernel) * x(from, h.input)));
  } else {
    const auto w = tap(1);
    k.write(y, {o, h.output, w.output},
            with_bias(p.weight(o, (ins > 1 ? 1 : 0) * i, h.kernel, w.kernel) *
                      x(from, h.input, w.input)));
  }
  return y;
}

// The layer itself, of a kind of its own, over inputs of Rank dimensions.
template <class Layer, int Rank, convolution C>
struct convolution_of : Layer {
  // Clang 19 reads floating-point members of C at wrong addresses, but not those of a copy.
  static constexpr convolution settings = C;
  static constexpr bool is_noise = settings.is_random();

  template <class... Options>
  consteval auto operator()(Options...) const {
    return convolution_of<Layer, Rank, with_options<C, Options...>()>{};
  }
  static constexpr void spell(text& t) { settings.spell(t, Rank); }
  static constexpr dims shape(dims in, complaint& no) { return settings.shape(in, no, Rank); }
  static constexpr long parameters(dims in) { return settings.parameters(in); }
  static constexpr long macs(dims in) { return settings.macs(in); }

  static auto forward(auto& k, auto x) {
    return convolve(k, x, declare_weights(k, x, settings), settings);
  }
  static auto forward_scaled(auto& k, auto x, auto scale, auto shift) {
    return convolve(k, x, folded(k, declare_weights(k, x, settings), scale, shift), settings);
  }
};

}  // namespace tenon::detail
