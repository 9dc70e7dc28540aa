// What lowering calls of a layer: its functions behind plain pointers, null where it has none. The
// only place where the types of layers meet the values of the program.
#pragma once
#include <vector>

#include "dsl/forms/builder.hpp"
#include "dsl/layer.hpp"

namespace tenon::codegen {

struct layer_hooks {
  using value = forms::value;
  using builder = forms::builder;

  value (*forward)(builder&, value x) = nullptr;
  value (*forward_scaled)(builder&, value x, value scale, value shift) = nullptr;
  std::pair<value, value> (*affine)(builder&, int channels) = nullptr;
  value (*backward)(builder&, value x, value y, value d_y) = nullptr;
  value (*join)(builder&, const std::vector<value>&) = nullptr;
  value (*loss)(builder&, value z, value target) = nullptr;
  value (*loss_backward)(builder&, value z, value target) = nullptr;
  value (*probabilities)(builder&, value z) = nullptr;
  dims (*target_shape)(dims) = nullptr;
  bool target_is_class = false;
  bool target_is_distribution = false;
  bool uses_batch_statistics = false;
  bool is_noise = false;
};

template <class L>
constexpr layer_hooks make_hooks() {
  using value = forms::value;
  using builder = forms::builder;
  layer_hooks h;
  h.uses_batch_statistics = L::uses_batch_statistics;
  h.is_noise = L::is_noise;
  if constexpr (requires(builder & k, value v) { L::forward(k, v); })
    h.forward = [](builder& k, value x) -> value { return L::forward(k, x); };
  if constexpr (requires(builder & k, value v) { L::forward_scaled(k, v, v, v); })
    h.forward_scaled = [](builder& k, value x, value scale, value shift) -> value {
      return L::forward_scaled(k, x, scale, shift);
    };
  if constexpr (requires(builder & k) { L::affine(k, 1); }) {
    h.affine = [](builder& k, int channels) -> std::pair<value, value> {
      const auto [scale, shift] = L::affine(k, channels);
      return {scale, shift};
    };
  }
  if constexpr (requires(builder & k, value v) { L::backward(k, v, v, v); })
    h.backward = [](builder& k, value x, value y, value d_y) -> value {
      return L::backward(k, x, y, d_y);
    };
  if constexpr (requires(builder & k, const std::vector<value>& v) { L::join(k, v); })
    h.join = [](builder& k, const std::vector<value>& inputs) -> value {
      return L::join(k, inputs);
    };
  if constexpr (requires(builder & k, value v) { L::loss(k, v, v); }) {
    h.loss = [](builder& k, value z, value target) -> value { return L::loss(k, z, target); };
    h.target_shape = &L::target_shape;
    h.target_is_class = L::target_is_class;
    if constexpr (requires { L::target_is_distribution; })
      h.target_is_distribution = L::target_is_distribution;
    if constexpr (requires(builder & k, value v) { L::backward(k, v, v); })
      h.loss_backward = [](builder& k, value z, value target) -> value {
        return L::backward(k, z, target);
      };
    if constexpr (requires(builder & k, value v) { L::probabilities(k, v); })
      h.probabilities = [](builder& k, value z) -> value { return L::probabilities(k, z); };
  }
  return h;
}

}  // namespace tenon::codegen
