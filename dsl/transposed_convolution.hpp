// What conv1d_transpose and conv2d_transpose compute.
//
//   y[o, t] = bias[o] + sum over i and all (q, k) with stride q + dilation k - padding = t of
//     weight[g I + i, j, k] x[g I + i, q],   o = g J + j, I = C / groups, J = O / groups
//   x [C, ...], weight [C, J, ...], y [O, ...]: the map whose matrix is the transpose of the
//   convolution's from y to x. Along one dimension of size n and a kernel of K taps it gives
//   stride (n - 1) + dilation (K - 1) + 1 - 2 padding + output_padding elements, as PyTorch.
//
// Written as a gather: the outputs t with one phase t mod stride are reached by every
// (stride / gcd)-th tap, so each phase is a convolution of its own, and each output is written
// once.
#pragma once
#include <initializer_list>

#include "dsl/transposed_window.hpp"
#include "dsl/weights.hpp"

namespace tenon::detail {

constexpr int common_divisor(int a, int b) { return b == 0 ? a : common_divisor(b, a % b); }

// The axes over channels: those of one element are left out of the index maps.
template <class A>
struct channel_axes {
  A g, j, i;
  int outs, ins, groups;

  channel_axes(auto& k, const dims& in, const transposed_convolution& c)
      : g(k.over(c.group_count)),
        j(k.over(c.channels / c.group_count)),
        i(k.over(in[0] / c.group_count)),
        outs(c.channels / c.group_count),
        ins(in[0] / c.group_count),
        groups(c.group_count) {}
  auto out() const { return (groups > 1 ? outs : 0) * g + of_group(); }
  auto in() const { return (groups > 1 ? ins : 0) * g + (ins > 1 ? 1 : 0) * i; }
  auto of_group() const { return (outs > 1 ? 1 : 0) * j; }  // the weight's second index
};

// The contract, one kernel per phase of the stride.
template <class V>
V convolve_transposed(auto& k, const V& x, const V& weight, const V& bias,
                      const transposed_convolution& c) {
  const dims out = c.output(x.shape);
  const V y = k.declare(out, k.home_of(x));
  using axis_type = decltype(k.over(1));
  struct place {
    decltype(1 * k.over(1)) output, kernel, input;
    int taps = 0;
  };
  const auto write_phase = [&](int row, int column) {
    const channel_axes<axis_type> of(k, x.shape, c);
    auto reduced = k.over(dims());
    if (of.ins > 1) reduced.push_back(of.i);
    const auto along = [&](int d, int phase) {
      const int s = c.stride[d], dilation = c.dilation[d], step = s / common_divisor(s, dilation);
      const auto t = k.over((out[d + 1] - phase + s - 1) / s);
      place at{s * t + phase, 0, 0, 0};
      int first = 0;
      while (first < c.kernel[d] && (phase + c.padding[d] - dilation * first) % s != 0) ++first;
      at.taps = first < c.kernel[d] ? (c.kernel[d] - first + step - 1) / step : 0;
      if (at.taps == 0) return at;
      at.kernel = first;
      at.input = 1 * t + (phase + c.padding[d] - dilation * first) / s;
      if (at.taps > 1) {
        const auto m = k.over(at.taps);
        at.kernel = at.kernel + step * m;
        at.input = at.input - (dilation / common_divisor(s, dilation)) * m;
        reduced.push_back(m);
      }
      return at;
    };
    const auto write = [&](bool reached, const auto& product, auto... to) {
      using E = std::remove_cvref_t<decltype(product)>;
      const E offset = bias ? bias(of.out()) : E(0);
      if (!reached) return k.write(y, {to...}, offset);
      const E contract = reduced.empty() ? product : sum(reduced, product);
      k.write(y, {to...}, bias ? offset + contract : contract);
    };
    const place h = along(0, row);
    if (out.rank == 2)
      return write(h.taps > 0, weight(of.in(), of.of_group(), h.kernel) * x(of.in(), h.input),
                   of.out(), h.output);
    const place w = along(1, column);
    write(h.taps > 0 && w.taps > 0,
          weight(of.in(), of.of_group(), h.kernel, w.kernel) * x(of.in(), h.input, w.input),
          of.out(), h.output, w.output);
  };
  const int columns = out.rank == 2 ? 1 : c.phases(1, out[2]);
  for (int row = 0; row < c.phases(0, out[1]); ++row)
    for (int column = 0; column < columns; ++column) write_phase(row, column);
  return y;
}

// Gradients: of x, the convolution with the same weights; of the weights, d_y under each tap times
// x. One kernel each, where the derived ones would be one per phase.
template <class V>
V transposed_backward(auto& k, const V& x, const V& d_y, const transposed_convolution& c) {
  using axis_type = decltype(k.over(1));
  const V weight = k.recall("weight");
  const bool flat = x.shape.rank == 2;
  const auto build = [&](const auto& use) {
    const channel_axes<axis_type> of(k, x.shape, c);
    auto q = k.over(x.shape), taps = k.over(c.weight(x.shape));
    q.erase(q.begin()), taps.erase(taps.begin(), taps.begin() + 2);
    const auto under = [&](std::size_t d) {
      const int i = static_cast<int>(d);
      return c.stride[i] * q[d] + c.dilation[i] * taps[d] - c.padding[i];
    };
    if (flat)
      return use(of, q, taps, x(of.in(), q[0]), weight(of.in(), of.of_group(), taps[0]),
                 d_y(of.out(), under(0)));
    return use(of, q, taps, x(of.in(), q[0], q[1]),
               weight(of.in(), of.of_group(), taps[0], taps[1]), d_y(of.out(), under(0), under(1)));
  };
  const auto indices = [&](std::initializer_list<decltype(1 * k.over(1))> first, const auto& rest) {
    auto at = k.indices(rest);
    at.insert(at.begin(), first.begin(), first.end());
    return at;
  };
  if (k.needs_gradient(weight))
    build([&](const auto& of, const auto& q, const auto& taps, const auto& read_x, const auto&,
              const auto& read_d) {
      k.gradient(weight,
                 k.gradient_over_batch(c.weight(x.shape), indices({of.in(), of.of_group()}, taps),
                                       sum(q, read_d * read_x), "d_weight"));
      return V{};
    });
  if (c.bias && k.needs_gradient(k.recall("bias"))) {
    auto axes = k.over(d_y.shape);
    const auto read = d_y.at(axes);
    const auto o = axes[0];
    axes.erase(axes.begin());
    k.gradient(k.recall("bias"),
               k.gradient_over_batch({c.channels}, {1 * o}, sum(axes, read), "d_bias"));
  }
  if (!k.needs_gradient(x)) return {};
  return build([&](const auto& of, const auto& q, const auto& taps, const auto&, const auto& read_w,
                   const auto& read_d) {
    auto reduced = taps;
    if (of.outs > 1) reduced.push_back(of.j);
    const V d_x = k.declare(x.shape, k.home_of(x));
    k.write(d_x, indices({of.in()}, q), sum(reduced, read_w * read_d));
    return d_x;
  });
}

// The layer itself, of a kind of its own, over inputs of Rank dimensions.
template <class Layer, int Rank, transposed_convolution C>
struct transposed_convolution_of : Layer {
  // Clang 19 reads floating-point members of C at wrong addresses, but not those of a copy.
  static constexpr transposed_convolution settings = C;

  template <class... Options>
  consteval auto operator()(Options...) const {
    return transposed_convolution_of<Layer, Rank, with_options<C, Options...>()>{};
  }
  static constexpr void spell(text& t) { settings.spell(t, Rank); }
  static constexpr dims shape(dims in, complaint& no) { return settings.shape(in, no, Rank); }
  static constexpr long parameters(dims in) { return settings.parameters(in); }
  static constexpr long macs(dims in) { return settings.macs(in); }

  static auto forward(auto& k, auto x) {
    const auto w = weight(k, x);
    return convolve_transposed(k, x, w, bias(k, x), settings);
  }
  // With the affine layer behind it taken in: weight * scale[o] and shift + scale * bias.
  static auto forward_scaled(auto& k, auto x, auto scale, auto shift) {
    const auto w = weight(k, x), b = bias(k, x);
    const channel_axes<decltype(k.over(1))> of(k, x.shape, settings);
    auto taps = k.over(w.shape);
    taps.erase(taps.begin(), taps.begin() + 2);
    auto at = k.indices(taps);
    at.insert(at.begin(), {of.in(), of.of_group()});
    const auto folded = k.declare(w.shape, k.home_of(w), "folded_weight");
    k.write(folded, at, w.at(at) * scale(of.out()), "folded_weight");
    if (!b) return convolve_transposed(k, x, folded, shift, settings);
    const auto o = k.over(settings.channels);
    return convolve_transposed(k, x, folded,
                               k.define({o}, shift(o) + scale(o) * b(o), "folded_bias"), settings);
  }
  static auto backward(auto& k, auto x, auto, auto d_y) {
    return transposed_backward(k, x, d_y, settings);
  }

 private:
  static auto weight(auto& k, const auto& x) {
    const weight_sizes w = settings.sizes(x.shape);
    return k.parameter("weight", w.shape, drawn(k, settings.initial, w), true);
  }
  static auto bias(auto& k, const auto& x) {
    return settings.bias
               ? declare_bias(k, settings.channels, settings.initial, settings.sizes(x.shape))
               : std::remove_cvref_t<decltype(x)>{};
  }
};

}  // namespace tenon::detail
