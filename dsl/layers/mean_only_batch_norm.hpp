// mean_only_batch_norm(momentum<0.1>, cumulative, no_affine): takes the mean of each channel over
// the batch and all positions away and leaves its spread alone; goes with weight_norm (Salimans and
// Kingma, 2016).
//   x, y [C, ...]; bias, running_mean [C]; m = samples times positions.
//   training:   mean = sum x / m, y = x - mean + bias;
//               running_mean = (1 - momentum) running_mean + momentum mean, or, with `cumulative`,
//               the mean of all batches so far (num_batches_tracked counts them).
//   evaluation: y = x + shift, shift = bias - running_mean; merged into the layer before it.
//   gradients:  d_x = d_y - sum d_y / m, d_bias = sum d_y.
#pragma once
#include "dsl/norm.hpp"

namespace tenon {

struct mean_only_batch_norm_layer : layer {
  static constexpr std::string_view kind = "mean_only_batch_norm";
  static constexpr bool affine_in(mode m) { return m == mode::eval; }
  static constexpr bool uses_batch_statistics = true;
};

namespace detail {

template <running_settings S>
struct mean_only_batch_norm_of : mean_only_batch_norm_layer {
  // Clang 19 reads floating-point members of S at wrong addresses, but not those of a copy.
  static constexpr running_settings settings = S;

  template <class... Options>
  consteval auto operator()(Options...) const {
    return mean_only_batch_norm_of<with_options<S, Options...>()>{};
  }
  static constexpr void spell(text& t) {
    option_list list(t << "mean_only_batch_norm");
    settings.spell_running(list);
    list.close();
  }
  static constexpr dims shape(dims in, complaint& no) {
    if (!options_fit(settings, "momentum<0.1>, cumulative, no_affine", no)) return {};
    if (!settings.momentum_fits(no)) return {};
    return in;
  }
  static constexpr long parameters(dims in) { return settings.affine ? in[0] : 0; }

  static auto forward(auto& k, auto x) {
    const auto axes = k.over(x.shape);
    const auto c = axes[0];
    if (!k.train) {
      const auto shift = affine(k, x.shape[0]).shift;
      return k.define(axes, x.at(axes) + shift(c));
    }
    const auto p = declare(k, x.shape[0]);
    const auto count = values_per_channel(k, x);
    const auto total = k.sum_over_batch({c}, over_positions(axes, x.at(axes)), "sum");
    const auto mean = k.define({c}, total(c) / count, "mean");
    renew(k, settings, c, p.mean, p.batches, mean(c));
    count_batch(k, p.batches);
    const auto off = x.at(axes) - mean(c);
    return k.define(axes, settings.affine ? off + p.bias(c) : off);
  }
  static auto backward(auto& k, auto x, auto y, auto d_y) {
    const auto axes = k.over(y.shape);
    const auto c = axes[0];
    const auto d_bias = k.sum_over_batch({c}, over_positions(axes, d_y.at(axes)), "d_bias");
    if (settings.affine) k.gradient(k.recall("bias"), d_bias);
    if (!k.needs_gradient(x)) return decltype(x){};
    return k.define(axes, live(d_y.at(axes) - d_bias(c) / values_per_channel(k, x)));
  }

  // {scale, shift} of evaluation, both [channels]: computed once, when weights are loaded.
  static auto affine(auto& k, int channels) {
    const auto p = declare(k, channels);
    const auto c = k.over(channels);
    using V = decltype(k.recall(""));
    struct scale_and_shift {
      V scale, shift;
    };
    const V one = k.define({c}, decltype(p.mean(c))(1), "scale");
    return scale_and_shift{
        one, k.define({c}, settings.affine ? p.bias(c) - p.mean(c) : -p.mean(c), "shift")};
  }

 private:
  static auto declare(auto& k, int channels) {
    using V = decltype(k.recall(""));
    struct tensors {
      V bias, mean, batches;
    } p;
    if (settings.affine) p.bias = k.parameter("bias", {channels}, k.filled(0), false);
    p.mean = k.buffer("running_mean", {channels}, 0, settings.first_weight());
    p.batches = declare_batches<V>(k, settings);
    return p;
  }
};

}  // namespace detail

inline constexpr detail::mean_only_batch_norm_of<detail::running_settings{}> mean_only_batch_norm{};

TENON_SAMPLES(mean_only_batch_norm, input<1> | mean_only_batch_norm,
              input<17> | mean_only_batch_norm(no_affine),
              input<3, 5> | mean_only_batch_norm(momentum<0.3>),
              input<2, 3, 4> | mean_only_batch_norm(cumulative))

}  // namespace tenon
