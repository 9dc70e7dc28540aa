// What all layers with weights share: the step from the stored parameters to the weight that is
// used, by their options.
//
//   weight_norm:            w[o] = g[o] v[o] / |v[o]| (Salimans and Kingma, 2016): stored are
//                           weight_g [O, 1, ...] and weight_v [O, ...], as in PyTorch; g begins as
//                           |v|. The gradient of v is orthogonal to v.
//   weight_standardization: w[o] = (v[o] - mean v[o]) / sqrt(var v[o] + 1e-5), over the weights of
//                           one output; var is the biased one (Qiao et al., 2019).
//   drop_connect<drop(p)>:  in training each weight is dropped with probability p, and divided by
//                           1 - p where it is kept (Wan et al., 2013). One mask per step; biases
//                           stay.
//   weight_noise<s>:        in training w + s z, z standard normal, drawn once per step: of minima
//                           the wide ones stay (An, 1996).
//   All are computed from parameters alone: once per step in training, and in evaluation once when
//   weights are loaded.
#pragma once
#include "dsl/normal.hpp"
#include "dsl/weight_options.hpp"

namespace tenon::detail {

// Of one layer's weights: [outputs, ...] and what the fans count.
struct weight_sizes {
  dims shape;
  long fan_in, fan_out;
};

template <class V>
struct weight_and_bias {
  V weight, bias;
};

// How the weights themselves are drawn.
auto drawn(auto& k, const initialization& i, const weight_sizes& w) {
  const double size = i.factor() / square_root(i.fan_of(w.fan_in, w.fan_out));
  switch (i.how) {
    case scheme::usual:
      return k.fan_in_uniform(w.fan_in, w.fan_out);
    case scheme::constant:
      return k.filled(i.value);
    case scheme::normal:
      return k.normal(i.value);
    case scheme::uniform:
      return k.uniform_within(i.value);
    case scheme::orthogonal:
      return k.orthogonal(i.factor());
    default:  // a uniform distribution over [-b, b) has deviation b / sqrt 3
      return i.is_uniform() ? k.uniform_within(square_root(3) * size) : k.normal(size);
  }
}

auto declare_bias(auto& k, int outputs, const initialization& i, const weight_sizes& w) {
  const bool usual = i.how == scheme::usual;
  return k.parameter("bias", {outputs}, usual ? k.fan_in_uniform(w.fan_in, w.fan_out) : k.filled(0),
                     false);
}

template <class V>
V normalized(auto& k, const weight_sizes& w, const initialization& i) {
  const V v = k.parameter("weight_v", w.shape, drawn(k, i, w), true);
  dims lengths(w.shape[0]);
  for (int d = 1; d < w.shape.rank; ++d) lengths.size[lengths.rank++] = 1;
  const V g = k.parameter("weight_g", lengths, k.row_norms(), false);
  const auto axes = k.over(w.shape);
  auto inner = axes;
  inner.erase(inner.begin());
  const auto o = axes[0];
  const auto length = w.shape.rank == 2 ? g(o, 0) : w.shape.rank == 3 ? g(o, 0, 0) : g(o, 0, 0, 0);
  const V norm = k.define({o}, sqrt(sum(inner, v.at(axes) * v.at(axes))), "weight_norm");
  return k.define(axes, v.at(axes) * (length / norm(o)), "weight");
}

template <class V>
V standardized(auto& k, const weight_sizes& w, const initialization& i) {
  const V v = k.parameter("weight", w.shape, drawn(k, i, w), true);
  const auto axes = k.over(w.shape);
  auto inner = axes;
  inner.erase(inner.begin());
  const auto o = axes[0];
  const int of_one = static_cast<int>(w.shape.count() / w.shape[0]);
  const V mean = k.define({o}, sum(inner, v.at(axes)) / of_one, "weight_mean");
  const auto off = v.at(axes) - mean(o);
  const V variance = k.define({o}, sum(inner, off * off) / of_one, "weight_variance");
  return k.define(axes, off / sqrt(variance(o) + 1e-5), "standardized_weight");
}

// One mask for all samples of a step.
template <class V>
V with_dropped_connections(auto& k, const V& w, double keep) {
  const auto axes = k.over(w.shape);
  const auto number = k.draw(k.row_major(axes));
  const V mask = k.define(axes, select(greater(keep, number), 1 / keep, 0), "weight_mask");
  return k.define(axes, w.at(axes) * mask.at(axes), "connected_weight");
}

template <class V>
V with_noise(auto& k, const V& w, double sigma) {
  const auto axes = k.over(w.shape);
  // Behind the numbers that drop connections.
  const auto number = k.draw(k.row_major(axes) + static_cast<int>(w.shape.count()));
  return k.define(axes, normal_quantile(number) * sigma + w.at(axes), "noisy_weight");
}

// The weight that a contract reads, and the bias. Drawn as PyTorch draws them; with init<...> the
// bias begins as 0.
template <class V>
weight_and_bias<V> declare_weights(auto& k, const V&, const weight_sizes& w, const auto& s) {
  weight_and_bias<V> p;
  if (s.rescaled == rescaling::norm)
    p.weight = normalized<V>(k, w, s.initial);
  else if (s.rescaled == rescaling::standard)
    p.weight = standardized<V>(k, w, s.initial);
  else
    p.weight = k.parameter("weight", w.shape, drawn(k, s.initial, w), true);
  if (s.drops_connections() && k.train)
    p.weight = with_dropped_connections(k, p.weight, s.connections.keep());
  if (s.noise != 0 && k.train) p.weight = with_noise(k, p.weight, s.noise);
  if (s.bias) p.bias = declare_bias(k, w.shape[0], s.initial, w);
  return p;
}

// weight * scale and shift + scale * bias, per output channel: parameters of a layer that has taken
// in the affine one behind it.
template <class V>
weight_and_bias<V> folded(auto& k, const weight_and_bias<V>& p, const V& scale, const V& shift) {
  const auto axes = k.over(p.weight.shape);
  weight_and_bias<V> f{k.define(axes, p.weight.at(axes) * scale(axes[0]), "folded_weight"), shift};
  const auto o = k.over(shift.shape[0]);
  if (p.bias) f.bias = k.define({o}, shift(o) + scale(o) * p.bias(o), "folded_bias");
  return f;
}

}  // namespace tenon::detail
