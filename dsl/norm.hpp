// What the norms share: options, rules, running averages, and normalising groups of channels of one
// sample.
//
//   mean[g] = sum x / m, var[g] = sum (x - mean)^2 / m (biased) over the m values of a group,
//   u = (x - mean[g]) / sqrt(var[g] + epsilon),   d_u = d_y weight,
//   d_x = (d_u - sum d_u / m - u sum(d_u u) / m) / sqrt(var[g] + epsilon).
#pragma once
#include "dsl/layer.hpp"
#include "dsl/options.hpp"

namespace tenon::detail {

struct affine_settings : settings_base {
  bool affine = true;
  using settings_base::set;
  constexpr void set(const no_affine_option*) {
    take(option::no_affine, option::no_affine), affine = false;
  }
};

template <class Settings>
struct with_epsilon : Settings {
  static constexpr double usual_epsilon = 1e-5;
  double epsilon = usual_epsilon;
  using Settings::set;
  template <double E>
  constexpr void set(const epsilon_option<E>*) {
    this->take(option::epsilon, option::epsilon), epsilon = E;
  }
  constexpr bool epsilon_fits(complaint& no) const {
    if (epsilon > 0) return true;
    return no("has an epsilon that is not positive", "write a small number, such as epsilon<1e-5>"),
           false;
  }
  constexpr void spell_epsilon(option_list& list) const {
    if (epsilon != usual_epsilon) list.next() << "epsilon<" << epsilon << ">";
  }
};

// Of norms that look at one sample alone.
using norm_settings = with_epsilon<affine_settings>;

// Of norms that keep averages over batches for evaluation.
struct running_settings : affine_settings {
  double momentum = 0.1;
  bool cumulative = false;
  using affine_settings::set;
  template <double M>
  constexpr void set(const momentum_option<M>*) {
    take(option::momentum, option::momentum), momentum = M;
  }
  constexpr void set(const cumulative_option*) {
    take(option::momentum, option::cumulative), cumulative = true;
  }
  // The weight of a batch that finds nothing before it.
  constexpr double first_weight() const { return cumulative ? 1 : momentum; }
  constexpr bool momentum_fits(complaint& no) const {
    if (momentum >= 0 && momentum <= 1) return true;
    return no("has a momentum outside 0 to 1",
              "write the weight of the new value, such as momentum<0.1>"),
           false;
  }
  constexpr void spell_running(option_list& list) const {
    if (momentum != running_settings{}.momentum) list.next() << "momentum<" << momentum << ">";
    if (cumulative) list.next() << "cumulative";
    if (!affine) list.next() << "no_affine";
  }
};

// Writes "layer_norm(epsilon<0.001>, no_affine)".
constexpr void spell_norm(text& t, const norm_settings& s) {
  option_list list(t);
  s.spell_epsilon(list);
  if (!s.affine) list.next() << "no_affine";
  list.close();
}

// The rules of norms over one sample, whose groups hold so many values each.
constexpr bool norm_fits(const norm_settings& s, long values, complaint& no) {
  if (!options_fit(s, "epsilon<1e-5>, no_affine", no) || !s.epsilon_fits(no)) return false;
  if (values > 1) return true;
  return no("normalises single values, which leaves nothing of them",
            "put it where a sample has more, or use batch_norm"),
         false;
}

// ---- running averages, in buffers of the layer

// Renews `average` by this batch's value of each channel. `batches`: how many came before, where
// averages are cumulative.
void renew(auto& k, const running_settings& s, const auto& c, const auto& average,
           const auto& batches, const auto& value) {
  if (s.cumulative)
    k.assign(average, {c}, average(c) + (value - average(c)) / (batches() + 1));
  else
    k.assign(average, {c}, (1 - s.momentum) * average(c) + s.momentum * value);
}
template <class V>
V declare_batches(auto& k, const running_settings& s) {
  return s.cumulative ? k.buffer("num_batches_tracked", {}, 0) : V{};
}
// After all averages have been renewed.
void count_batch(auto& k, const auto& batches) {
  if (batches) k.assign(batches, {}, batches() + 1);
}

// ---- sums over the positions behind a channel
auto over_positions(auto axes, const auto& e) {
  axes.erase(axes.begin());
  return axes.empty() ? e : sum(axes, e);
}
// The number of values per channel in this batch.
auto values_per_channel(auto& k, const auto& x) {
  return k.batch_size() * static_cast<int>(x.shape.count() / x.shape[0]);
}

// ---- groups of channels of one sample

// How kernels walk through x group by group. Axes of one element are left out, so that one group,
// or groups of one channel, read like plain sums.
auto walk_groups(auto& k, const dims& shape, int groups) {
  const int channels = shape[0] / groups;
  const auto g = k.over(groups), j = k.over(channels);
  auto group = k.over(dims()), all = k.over(shape);
  all.erase(all.begin());
  auto element = k.indices(all);
  element.insert(element.begin(),
                 (groups > 1 ? channels : 0) * g + (channels > 1 || groups == 1 ? 1 : 0) * j);
  if (groups > 1) group.push_back(g);
  if (channels > 1 || groups == 1) all.insert(all.begin(), j);
  struct walk {
    decltype(element) at;
    decltype(group) place;  // of the element's group
    decltype(all) inner;    // axes over all elements of a group
  };
  return walk{element, group, all};
}

template <class V>
V normalize_groups(auto& k, const V& x, int groups, double epsilon) {
  const auto w = walk_groups(k, x.shape, groups);
  const int count = static_cast<int>(x.shape.count() / groups);
  const V mean = k.define(w.place, sum(w.inner, x.at(w.at)) / count, "mean");
  const auto off = x.at(w.at) - mean.at(w.place);
  const V rstd = k.define(w.place, 1 / sqrt(sum(w.inner, off * off) / count + epsilon), "rstd");
  const V u = k.declare(x.shape, k.home_of(x), "normalized");
  k.write(u, w.at, off * rstd.at(w.place), "normalized");
  return u;
}

// d_x from d_u, for what normalize_groups gave. `d_u` reads it at an element.
template <class V>
V normalize_groups_backward(auto& k, const V& u, int groups, auto d_u) {
  const auto w = walk_groups(k, u.shape, groups);
  const int count = static_cast<int>(u.shape.count() / groups);
  const auto rstd = k.recall("rstd");
  const auto d = d_u(w.at);
  const auto uw = u.at(w.at);
  const V mean = k.define(w.place, sum(w.inner, d) / count, "d_mean");
  const V along = k.define(w.place, sum(w.inner, d * uw) / count, "d_along");
  const V d_x = k.declare(u.shape, k.home_of(u));
  k.write(d_x, w.at, rstd.at(w.place) * (d - (mean.at(w.place) + uw * along.at(w.place))));
  return d_x;
}

// y = weight u + bias with one weight and bias per channel, or u itself.
template <class V>
V scale_channels(auto& k, const V& u, bool affine) {
  if (!affine) return u;
  const auto axes = k.over(u.shape);
  const auto c = axes[0];
  const V weight = k.parameter("weight", {u.shape[0]}, k.filled(1), false),
          bias = k.parameter("bias", {u.shape[0]}, k.filled(0), false);
  return k.define(axes, u.at(axes) * weight(c) + bias(c));
}

// Norms of groups with one weight and bias per channel: instance_norm and group_norm.
template <class V>
V group_norm_backward(auto& k, const V& x, const V& y, const V& d_y, int groups, bool affine) {
  const auto channel = [](const auto& at) { return at[0]; };
  const V u = k.recall("normalized");
  if (affine) {
    const auto axes = k.over(y.shape);
    const auto c = axes[0];
    k.gradient(k.recall("weight"),
               k.sum_over_batch({c}, over_positions(axes, d_y.at(axes) * u.at(axes)), "d_weight"));
    k.gradient(k.recall("bias"),
               k.sum_over_batch({c}, over_positions(axes, d_y.at(axes)), "d_bias"));
  }
  if (!k.needs_gradient(x)) return {};
  return normalize_groups_backward(k, u, groups, [&](const auto& at) {
    return affine ? d_y.at(at) * k.recall("weight")(channel(at)) : d_y.at(at);
  });
}

}  // namespace tenon::detail
