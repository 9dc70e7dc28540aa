// softmax_cross_entropy(label_smoothing<e>): a loss on logits z [C] and a class t.
//   L = -sum q log p over c, mean over the batch; p = softmax(z), q = (1 - e) [c = t] + e / C (as
//   PyTorch). Computed as log sum exp(z - max) - sum q (z - max), which cannot overflow.
//   d_z = (p - q) / n. Probabilities are p. Nothing in evaluation.
#pragma once
#include "dsl/layer.hpp"
#include "dsl/options.hpp"

namespace tenon {

struct softmax_cross_entropy_layer : layer {
  static constexpr kind_of_row role = kind_of_row::loss;
  static constexpr std::string_view kind = "softmax_cross_entropy";
  static constexpr bool identity_in(mode m) { return m == mode::eval; }
  static constexpr bool target_is_class = true;
  static constexpr dims target_shape(dims) { return {}; }
};

namespace detail {

struct cross_entropy_settings : settings_base {
  double smoothing = 0;
  using settings_base::set;
  template <double E>
  constexpr void set(const label_smoothing_option<E>*) {
    take(option::label_smoothing, option::label_smoothing), smoothing = E;
  }
};

template <cross_entropy_settings S>
struct softmax_cross_entropy_of : softmax_cross_entropy_layer {
  static constexpr cross_entropy_settings settings = S;  // for Clang 19, as in batch_norm

  template <class... Options>
  consteval auto operator()(Options...) const {
    return softmax_cross_entropy_of<with_options<S, Options...>()>{};
  }
  static constexpr void spell(text& t) {
    t << kind;
    if (S.smoothing != 0) t << "(label_smoothing<" << S.smoothing << ">)";
  }
  static constexpr dims shape(dims in, complaint& no) {
    if (!options_fit(S, "label_smoothing<0.1>", no)) return {};
    if (!(S.smoothing >= 0 && S.smoothing < 1))
      return no("has a label smoothing outside [0, 1)",
                "write a number from 0 to below 1, such as label_smoothing<0.1>");
    if (in.rank != 1) return no("needs a flat input", "put flatten | linear<classes> before it");
    if (in[0] < 2) return no("needs two classes or more", "put linear<classes> before it");
    return in;
  }

  static auto loss(auto& k, auto z, auto target) {
    const auto c = k.over(z.shape[0]);
    const auto [largest, total] = softmax_parts(k, z);
    const auto per_sample = log(total()) - sum({c}, weight(z, c, target) * (z(c) - largest()));
    return k.define({}, k.sum_over_batch({}, per_sample, "sum")() / k.batch_size(), "loss");
  }
  static auto backward(auto& k, auto z, auto target) {
    const auto c = k.over(z.shape[0]);
    const auto largest = k.recall("maximum"), total = k.recall("total");
    const auto p = exp(z(c) - largest()) / total();
    return k.define({c}, live((p - weight(z, c, target)) / k.batch_size()));
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
  static auto weight(const auto& z, const auto& c, const auto& target) {
    const double everywhere = settings.smoothing / z.shape[0];
    return select(equal(position(c), target()), 1 - settings.smoothing + everywhere, everywhere);
  }
};

}  // namespace detail

inline constexpr detail::softmax_cross_entropy_of<detail::cross_entropy_settings{}>
    softmax_cross_entropy{};

TENON_SAMPLES(softmax_cross_entropy, input<2> | softmax_cross_entropy,
              input<17> | softmax_cross_entropy,
              input<10> | softmax_cross_entropy(label_smoothing<0.1>))

}  // namespace tenon
