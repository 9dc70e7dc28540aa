// batch_norm(epsilon<1e-5>, momentum<0.1>): normalises each channel over the batch and all
// positions (Ioffe and Szegedy, 2015).
//   x, y [C, ...]; weight (gamma), bias (beta), running_mean, running_var [C]; m = samples times
//               positions.
//   training:   mean = sum x / m, var = sum (x - mean)^2 / m (biased),
//               u = (x - mean) / sqrt(var + epsilon), y = gamma u + beta;
//               running = (1 - momentum) running + momentum batch, where the batch's variance is
//               the unbiased one, as in PyTorch.
//   evaluation: y = scale x + shift, scale = gamma / sqrt(running_var + epsilon),
//               shift = beta - running_mean scale.
//   gradients:  d_x = gamma / sqrt(var + epsilon) (d_y - sum d_y / m - u sum(d_y u) / m),
//               d_gamma = sum d_y u, d_beta = sum d_y.
//   So the sum of d_x over the batch is 0, and a bias before the norm has no gradient.
#pragma once
#include "dsl/layer.hpp"
#include "dsl/options.hpp"

namespace tenon {

struct batch_norm_layer : layer {
  static constexpr std::string_view kind = "batch_norm";
  static constexpr bool affine_in(mode m) { return m == mode::eval; }
  static constexpr bool uses_batch_statistics = true;
};

namespace detail {

struct norm_settings : settings_base {
  double epsilon = 1e-5;
  double momentum = 0.1;
  using settings_base::set;
  template <double E>
  constexpr void set(const epsilon_option<E>*) {
    take(option::epsilon, option::epsilon), epsilon = E;
  }
  template <double M>
  constexpr void set(const momentum_option<M>*) {
    take(option::momentum, option::momentum), momentum = M;
  }
};

template <norm_settings S>
struct batch_norm_of : batch_norm_layer {
  // Clang 19 reads floating-point members of S at wrong addresses (S has a base class), but not
  // those of a copy.
  static constexpr norm_settings settings = S;

  template <class... Options>
  consteval auto operator()(Options...) const {
    return batch_norm_of<with_options<S, Options...>()>{};
  }
  static constexpr void spell(text& t) {
    option_list list(t << "batch_norm");
    if (S.epsilon != norm_settings{}.epsilon) list.next() << "epsilon<" << S.epsilon << ">";
    if (S.momentum != norm_settings{}.momentum) list.next() << "momentum<" << S.momentum << ">";
    list.close();
  }
  static constexpr dims shape(dims in, complaint& no) {
    if (!options_fit(S, "epsilon<1e-5>, momentum<0.1>", no)) return {};
    if (!(S.epsilon > 0))
      return no("has an epsilon that is not positive",
                "write a small number, such as epsilon<1e-5>");
    if (!(S.momentum >= 0 && S.momentum <= 1))
      return no("has a momentum outside 0 to 1",
                "write the weight of the new value, such as momentum<0.1>");
    return in;
  }
  static constexpr long parameters(dims in) { return 2L * in[0]; }

  static auto forward(auto& k, auto x) {
    const int channels = x.shape[0];
    const auto axes = k.over(x.shape);
    const auto c = axes[0];
    if (!k.train) {
      const auto [scale, shift] = affine(k, channels);
      return k.define(axes, x.at(axes) * scale(c) + shift(c));
    }
    const auto p = declare(k, channels);
    const auto count = positions(k, x);
    const auto total = k.sum_over_batch({c}, over_positions(axes, x.at(axes)), "sum");
    const auto mean = k.define({c}, total(c) / count, "mean");
    const auto off = x.at(axes) - mean(c);
    const auto squares = k.sum_over_batch({c}, over_positions(axes, off * off), "squares");
    const auto rstd = k.define({c}, 1 / sqrt(squares(c) / count + settings.epsilon), "rstd");
    k.assign(p.mean, {c}, (1 - settings.momentum) * p.mean(c) + settings.momentum * mean(c));
    k.assign(p.variance, {c},
             (1 - settings.momentum) * p.variance(c) +
                 settings.momentum * (squares(c) / (count - 1)));
    return k.define(axes, (x.at(axes) - mean(c)) * (rstd(c) * p.weight(c)) + p.bias(c));
  }

  static auto backward(auto& k, auto x, auto y, auto d_y) {
    const auto weight = k.recall("weight"), bias = k.recall("bias"), mean = k.recall("mean"),
               rstd = k.recall("rstd");
    const auto axes = k.over(y.shape);
    const auto c = axes[0];
    const auto u = (x.at(axes) - mean(c)) * rstd(c);
    const auto d_bias = k.sum_over_batch({c}, over_positions(axes, d_y.at(axes)), "d_bias");
    const auto d_weight = k.sum_over_batch({c}, over_positions(axes, d_y.at(axes) * u), "d_weight");
    k.gradient(weight, d_weight);
    k.gradient(bias, d_bias);
    if (!k.needs_gradient(x)) return decltype(x){};
    const auto count = positions(k, x);
    return k.define(
        axes, live((weight(c) * rstd(c)) * (d_y.at(axes) - (d_bias(c) + u * d_weight(c)) / count)));
  }

  // {scale, shift} of evaluation, both [channels]: computed once, when weights are loaded.
  static auto affine(auto& k, int channels) {
    const auto p = declare(k, channels);
    const auto c = k.over(channels);
    using V = decltype(k.recall(""));
    struct scale_and_shift {
      V scale, shift;
    };
    const V scale = k.define({c}, p.weight(c) / sqrt(p.variance(c) + settings.epsilon), "scale");
    return scale_and_shift{scale, k.define({c}, p.bias(c) - p.mean(c) * scale(c), "shift")};
  }

 private:
  static auto declare(auto& k, int channels) {
    using V = decltype(k.recall(""));
    struct tensors {
      V weight, bias, mean, variance;
    };
    return tensors{k.parameter("weight", {channels}, k.filled(1), false),
                   k.parameter("bias", {channels}, k.filled(0), false),
                   k.buffer("running_mean", {channels}, 0), k.buffer("running_var", {channels}, 1)};
  }
  // The number of values per channel in this batch.
  static auto positions(auto& k, const auto& x) {
    return k.batch_size() * static_cast<int>(x.shape.count() / x.shape[0]);
  }
  static auto over_positions(auto axes, const auto& e) {
    axes.erase(axes.begin());
    return axes.empty() ? e : sum(axes, e);
  }
};

}  // namespace detail

inline constexpr detail::batch_norm_of<detail::norm_settings{}> batch_norm{};

TENON_SAMPLES(batch_norm, input<1> | batch_norm, input<17> | batch_norm,
              input<3, 5> | batch_norm(momentum<0.3>), input<2, 3, 4> | batch_norm(epsilon<1e-3>),
              input<5, 1, 1> | batch_norm)

}  // namespace tenon
