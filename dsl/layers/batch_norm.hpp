// batch_norm(epsilon<1e-5>, momentum<0.1>, cumulative, no_affine): normalises each channel over the
// batch and all positions (Ioffe and Szegedy, 2015).
//   x, y [C, ...]; weight (gamma), bias (beta), running_mean, running_var [C]; m = samples times
//               positions.
//   training:   mean = sum x / m, var = sum (x - mean)^2 / m (biased),
//               u = (x - mean) / sqrt(var + epsilon), y = gamma u + beta;
//               running = (1 - momentum) running + momentum batch, where the batch's variance is
//               the unbiased one, as in PyTorch. With `cumulative` running statistics are the
//               mean over all batches so far, which num_batches_tracked counts.
//   evaluation: y = scale x + shift, scale = gamma / sqrt(running_var + epsilon),
//               shift = beta - running_mean scale. With `no_affine` gamma = 1 and beta = 0.
//   gradients:  d_x = gamma / sqrt(var + epsilon) (d_y - sum d_y / m - u sum(d_y u) / m),
//               d_gamma = sum d_y u, d_beta = sum d_y.
//   So the sum of d_x over the batch is 0, and a bias before the norm has no gradient.
#pragma once
#include "dsl/norm.hpp"

namespace tenon {

struct batch_norm_layer : layer {
  static constexpr std::string_view kind = "batch_norm";
  static constexpr bool affine_in(mode m) { return m == mode::eval; }
  static constexpr bool uses_batch_statistics = true;
};

namespace detail {

using batch_norm_settings = with_epsilon<running_settings>;

template <batch_norm_settings S>
struct batch_norm_of : batch_norm_layer {
  // Clang 19 reads floating-point members of S at wrong addresses (S has a base class), but not
  // those of a copy.
  static constexpr batch_norm_settings settings = S;

  template <class... Options>
  consteval auto operator()(Options...) const {
    return batch_norm_of<with_options<S, Options...>()>{};
  }
  static constexpr void spell(text& t) {
    option_list list(t << "batch_norm");
    settings.spell_epsilon(list);
    settings.spell_running(list);
    list.close();
  }
  static constexpr dims shape(dims in, complaint& no) {
    if (!options_fit(settings, "epsilon<1e-5>, momentum<0.1>, cumulative, no_affine", no))
      return {};
    if (!settings.epsilon_fits(no) || !settings.momentum_fits(no)) return {};
    return in;
  }
  static constexpr long parameters(dims in) { return settings.affine ? 2L * in[0] : 0; }

  static auto forward(auto& k, auto x) {
    const int channels = x.shape[0];
    const auto axes = k.over(x.shape);
    const auto c = axes[0];
    if (!k.train) {
      const auto [scale, shift] = affine(k, channels);
      return k.define(axes, x.at(axes) * scale(c) + shift(c));
    }
    const auto p = declare(k, channels);
    const auto count = values_per_channel(k, x);
    const auto total = k.sum_over_batch({c}, over_positions(axes, x.at(axes)), "sum");
    const auto mean = k.define({c}, total(c) / count, "mean");
    const auto off = x.at(axes) - mean(c);
    const auto squares = k.sum_over_batch({c}, over_positions(axes, off * off), "squares");
    const auto rstd = k.define({c}, 1 / sqrt(squares(c) / count + settings.epsilon), "rstd");
    renew(k, settings, c, p.mean, p.batches, mean(c));
    renew(k, settings, c, p.variance, p.batches, squares(c) / (count - 1));
    count_batch(k, p.batches);
    if (!settings.affine) return k.define(axes, (x.at(axes) - mean(c)) * rstd(c));
    return k.define(axes, (x.at(axes) - mean(c)) * (rstd(c) * p.weight(c)) + p.bias(c));
  }

  static auto backward(auto& k, auto x, auto y, auto d_y) {
    const auto mean = k.recall("mean"), rstd = k.recall("rstd");
    const auto axes = k.over(y.shape);
    const auto c = axes[0];
    const auto u = (x.at(axes) - mean(c)) * rstd(c);
    const auto d_bias = k.sum_over_batch({c}, over_positions(axes, d_y.at(axes)), "d_bias");
    const auto d_weight = k.sum_over_batch({c}, over_positions(axes, d_y.at(axes) * u), "d_weight");
    auto scale = rstd(c);
    if (settings.affine) {
      k.gradient(k.recall("weight"), d_weight);
      k.gradient(k.recall("bias"), d_bias);
      scale = k.recall("weight")(c) * scale;
    }
    if (!k.needs_gradient(x)) return decltype(x){};
    const auto count = values_per_channel(k, x);
    return k.define(axes, live(scale * (d_y.at(axes) - (d_bias(c) + u * d_weight(c)) / count)));
  }

  // {scale, shift} of evaluation, both [channels]: computed once, when weights are loaded.
  static auto affine(auto& k, int channels) {
    const auto p = declare(k, channels);
    const auto c = k.over(channels);
    using V = decltype(k.recall(""));
    struct scale_and_shift {
      V scale, shift;
    };
    const auto deviation = sqrt(p.variance(c) + settings.epsilon);
    const V scale =
        k.define({c}, settings.affine ? p.weight(c) / deviation : 1 / deviation, "scale");
    const auto moved = p.mean(c) * scale(c);
    return scale_and_shift{scale,
                           k.define({c}, settings.affine ? p.bias(c) - moved : -moved, "shift")};
  }

 private:
  static auto declare(auto& k, int channels) {
    using V = decltype(k.recall(""));
    struct tensors {
      V weight, bias, mean, variance, batches;
    } p;
    if (settings.affine) {
      p.weight = k.parameter("weight", {channels}, k.filled(1), false);
      p.bias = k.parameter("bias", {channels}, k.filled(0), false);
    }
    p.mean = k.buffer("running_mean", {channels}, 0, settings.first_weight());
    p.variance = k.buffer("running_var", {channels}, 1, settings.first_weight());
    p.batches = declare_batches<V>(k, settings);
    return p;
  }
};

}  // namespace detail

inline constexpr detail::batch_norm_of<detail::batch_norm_settings{}> batch_norm{};

TENON_SAMPLES(batch_norm, input<1> | batch_norm, input<17> | batch_norm,
              input<3, 5> | batch_norm(momentum<0.3>), input<2, 3, 4> | batch_norm(epsilon<1e-3>),
              input<5, 1, 1> | batch_norm, input<3, 5> | batch_norm(no_affine),
              input<4> | batch_norm(cumulative))

}  // namespace tenon
