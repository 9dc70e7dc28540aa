// softmax_cross_entropy(label_smoothing<e>, soft_targets, weighted): a loss on logits z [C] and a
// class t, or, with soft_targets, floats t [C].
//   L = -sum q log p over c, mean over the batch; p = softmax(z), q = (1 - e) [c = t] + e / C (as
//   PyTorch), (1 - e) t[c] + e / C for soft targets, which need not sum to 1. Computed as
//   sum q * log sum exp(z - max) - sum q (z - max), which cannot overflow.
//   d_z = (p sum q - q) / n. Probabilities are p. Nothing in evaluation. `weighted` as in
//   mean_squared_error.
#pragma once
#include "dsl/loss.hpp"

namespace tenon {

struct softmax_cross_entropy_layer : layer {
  static constexpr kind_of_row role = kind_of_row::loss;
  static constexpr std::string_view kind = "softmax_cross_entropy";
  static constexpr bool identity_in(mode m) { return m == mode::eval; }
  static constexpr bool target_is_class = true;
  static constexpr dims target_shape(dims) { return {}; }
};

namespace detail {

struct cross_entropy_settings : loss_settings {
  double smoothing = 0;
  bool soft = false;
  using loss_settings::set;
  template <double E>
  constexpr void set(const label_smoothing_option<E>*) {
    take(option::label_smoothing, option::label_smoothing), smoothing = E;
  }
  constexpr void set(const soft_targets_option*) {
    take(option::soft_targets, option::soft_targets), soft = true;
  }
};

template <cross_entropy_settings S>
struct softmax_cross_entropy_of : softmax_cross_entropy_layer {
  static constexpr cross_entropy_settings settings = S;  // for Clang 19, as in batch_norm
  static constexpr bool target_is_class = !settings.soft;
  static constexpr bool target_is_distribution = settings.soft;
  static constexpr dims target_shape(dims in) { return settings.soft ? in : dims{}; }

  template <class... Options>
  consteval auto operator()(Options...) const {
    return softmax_cross_entropy_of<with_options<S, Options...>()>{};
  }
  static constexpr void spell(text& t) {
    t << kind;
    option_list o(t);
    if (settings.smoothing != 0) o.next() << "label_smoothing<" << settings.smoothing << ">";
    if (settings.soft) o.next() << "soft_targets";
    if (settings.weighted) o.next() << "weighted";
    o.close();
  }
  static constexpr dims shape(dims in, complaint& no) {
    if (!options_fit(settings, "label_smoothing<0.1>, soft_targets, weighted", no)) return {};
    if (!(settings.smoothing >= 0 && settings.smoothing < 1))
      return no("has a label smoothing outside [0, 1)",
                "write a number from 0 to below 1, such as label_smoothing<0.1>");
    if (in.rank != 1) return no("needs a flat input", "put flatten | linear<classes> before it");
    if (in[0] < 2) return no("needs two classes or more", "put linear<classes> before it");
    return in;
  }

  static auto loss(auto& k, auto z, auto target) {
    const auto c = k.over(z.shape[0]);
    const auto [largest, total] = softmax_parts(k, z);
    const auto mean_logit = sum({c}, share(z, c, target) * (z(c) - largest()));
    const auto per_sample = times_all(log(total()), k, z, target, false) - mean_logit;
    return k.define(
        {},
        k.sum_over_batch({}, weighed<settings.weighted>(k, per_sample), "sum")() / k.batch_size(),
        "loss");
  }
  static auto backward(auto& k, auto z, auto target) {
    const auto c = k.over(z.shape[0]);
    const auto largest = k.recall("maximum"), total = k.recall("total");
    const auto p = exp(z(c) - largest()) / total();
    const auto slope = times_all(p, k, z, target, true) - share(z, c, target);
    return k.define({c}, live(weighed<settings.weighted>(k, slope) / k.batch_size()));
  }
  static auto probabilities(auto& k, auto z) {
    const auto c = k.over(z.shape[0]);
    const auto [largest, total] = softmax_parts(k, z);
    return k.define({c}, exp(z(c) - largest()) / total(), "probabilities");
  }

 private:
  // max z and sum exp(z - max), per sample.
  static auto softmax_parts(auto& k, const auto& z) {
    using V = std::remove_cvref_t<decltype(z)>;
    struct parts {
      V largest, total;
    };
    const auto c = k.over(z.shape[0]);
    const V largest = k.define({}, maximum({c}, z(c)), "maximum");
    return parts{largest, k.define({}, sum({c}, exp(z(c) - largest())), "total")};
  }
  // q[c].
  static auto share(const auto& z, const auto& c, const auto& target) {
    const double everywhere = settings.smoothing / z.shape[0];
    if constexpr (!settings.soft) {
      return select(equal(position(c), target()), 1 - settings.smoothing + everywhere, everywhere);
    } else if constexpr (settings.smoothing == 0) {
      return target(c);
    } else {
      return (1 - settings.smoothing) * target(c) + everywhere;
    }
  }
  // e times the sum of q over all classes, which is 1 unless targets are soft.
  static auto times_all(const auto& e, auto& k, const auto& z, const auto& target, bool again) {
    if constexpr (!settings.soft) {
      return e;
    } else {
      constexpr std::string_view name = "target_sum";
      const auto c = k.over(z.shape[0]);
      const auto all = again ? k.recall(name) : k.define({}, sum({c}, share(z, c, target)), name);
      return all() * e;
    }
  }
};

}  // namespace detail

inline constexpr detail::softmax_cross_entropy_of<detail::cross_entropy_settings{}>
    softmax_cross_entropy{};

TENON_SAMPLES(softmax_cross_entropy, input<2> | softmax_cross_entropy,
              input<17> | softmax_cross_entropy,
              input<10> | softmax_cross_entropy(label_smoothing<0.1>),
              input<5> | softmax_cross_entropy(soft_targets),
              input<7> | softmax_cross_entropy(label_smoothing<0.2>, weighted, soft_targets),
              input<6> | softmax_cross_entropy(weighted))

}  // namespace tenon
