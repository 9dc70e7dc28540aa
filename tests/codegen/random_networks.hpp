// Random networks, the same everywhere for the same seed: layers drawn from a fixed pool of types,
// with residuals, branches and saved tensors, kept where the network stays legal and small. The
// result is a declaration like any other.
#pragma once
#include <cstdint>
#include <vector>

#include "dsl/layers/all.hpp"
#include "tests/codegen/network_value.hpp"
#include "tests/codegen/values.hpp"

namespace tenon::tests {

struct network_limits {
  int layers = 12;         // without input and loss
  long elements = 65'536;  // of all activations of a sample
  long macs = 1L << 40;    // of a sample
};

class random_network {
 public:
  explicit random_network(std::uint64_t seed, network_limits limits = {})
      : random_(seed), limits_(limits), net_{"random_" + std::to_string(seed)} {}

  network_value make() {
    net_.push(pick(inputs()));
    const int wanted = 1 + random_.below(limits_.layers);
    for (int tries = 0; tries < 10 * wanted && layers_ < wanted; ++tries) grow();
    if (layers_ == 0) try_push(as_value(tanh_));
    end();
    return net_;
  }

  static const std::vector<layer_value>& inputs() {
    static const std::vector<layer_value> all{
        as_value(input<1>),       as_value(input<17>),      as_value(input<33>),
        as_value(input<1, 33>),   as_value(input<2, 16>),   as_value(input<3, 31>),
        as_value(input<1, 7, 7>), as_value(input<3, 8, 6>), as_value(input<2, 5, 9>),
        as_value(input<4, 4, 4>), as_value(input<5, 1, 1>)};
    return all;
  }
  static const std::vector<layer_value>& pool() {
    static const std::vector<layer_value> all{
        as_value(linear<1>),
        as_value(linear<7>),
        as_value(linear<16>),
        as_value(linear<17>),
        as_value(linear<10>(no_bias)),
        as_value(linear<33>),
        as_value(linear<9>(weight_norm)),
        as_value(linear<12>(weight_norm, no_bias, init<he_normal>)),
        as_value(linear<6>(weight_standardization)),
        as_value(conv1d<5, 3>(same, weight_norm)),
        as_value(conv2d<6, 3>(same, weight_standardization)),
        as_value(conv2d<6, 3>(depthwise, weight_norm)),
        as_value(linear<8>(drop_connect<drop(0.2)>)),
        as_value(conv2d<5, 3>(same, drop_connect<keep(0.8)>)),
        as_value(linear<7>(weight_noise<0.05>)),
        as_value(conv1d<4, 3>(same, weight_noise<0.1>)),
        as_value(conv1d<5, 3>(same)),
        as_value(conv1d<4, 5>(stride<2>, padding<1>)),
        as_value(conv1d<6, 3>(dilation<2>)),
        as_value(conv1d<8, 1>(no_bias)),
        as_value(conv1d<2, 2>(same)),
        as_value(conv1d<6, 3>(groups<2>, padding<2>)),
        as_value(conv2d<6, 3>(same)),
        as_value(conv2d<4, 3>(same, stride<2>)),
        as_value(conv2d<8, 1>),
        as_value(conv2d<4, kernel<1, 3>>(padding<0, 1>)),
        as_value(conv2d<4, 2>(stride<2>)),
        as_value(conv2d<6, 3>(same, groups<2>, no_bias)),
        as_value(conv2d<6, 3>(depthwise, same)),
        as_value(conv2d<2, 3>(dilation<2>, padding<2>)),
        as_value(batch_norm),
        as_value(batch_norm(momentum<0.3>)),
        as_value(batch_norm(epsilon<1e-2>)),
        as_value(batch_norm(no_affine)),
        as_value(batch_norm(cumulative)),
        as_value(mean_only_batch_norm),
        as_value(layer_norm),
        as_value(layer_norm(no_affine)),
        as_value(instance_norm),
        as_value(group_norm<1>),
        as_value(group_norm<2>),
        as_value(group_norm<3>(epsilon<1e-2>)),
        as_value(relu),
        as_value(relu),
        as_value(leaky_relu<0.1>),
        as_value(tanh_),
        as_value(sigmoid),
        as_value(silu),
        as_value(gelu),
        as_value(gelu_tanh),
        as_value(elu<0.7>),
        as_value(selu),
        as_value(mish),
        as_value(softplus),
        as_value(hard_swish),
        as_value(prelu),
        as_value(softmax),
        as_value(dropout<drop(0.3)>),
        as_value(dropout<keep(0.9)>),
        as_value(dropout<drop(0)>),
        as_value(max_pool<2>(floor_)),
        as_value(max_pool<3>(stride<2>, padding<1>, floor_)),
        as_value(max_pool<2>(stride<1>)),
        as_value(avg_pool<2>(floor_)),
        as_value(avg_pool<3>(stride<1>, padding<1>)),
        as_value(global_avg_pool),
        as_value(global_max_pool),
        as_value(flatten),
        as_value(conv1d_transpose<4, 3>(stride<2>, padding<1>)),
        as_value(conv1d_transpose<6, 2>(groups<2>, no_bias)),
        as_value(conv2d_transpose<4, 2>(stride<2>)),
        as_value(conv2d_transpose<3, 3>(padding<1>)),
        as_value(conv2d_transpose<4, 3>(stride<2>, padding<1>, output_padding<1>)),
        as_value(upsample<2>),
        as_value(pad<1>),
        as_value(spatial_dropout<drop(0.2)>),
        as_value(gaussian_noise<0.1>)};
    return all;
  }

 private:
  template <class... Options>
  static layer_value depth(Options...) {
    using detail::depth_settings, detail::with_options, detail::stochastic_depth_of;
    return as_value<stochastic_depth_of<drop(0.3), with_options<depth_settings{}, Options...>()>>();
  }
  static const std::vector<layer_value>& depths() {
    static const std::vector<layer_value> all{depth(), depth(per_batch), depth(linear_decay),
                                              depth(per_batch, linear_decay)};
    return all;
  }
  static const std::vector<layer_value>& losses_of_classes() {
    static const std::vector<layer_value> all{
        as_value(softmax_cross_entropy), as_value(softmax_cross_entropy),
        as_value(softmax_cross_entropy(label_smoothing<0.1>)),
        as_value(softmax_cross_entropy(soft_targets, weighted))};
    return all;
  }
  static const std::vector<layer_value>& losses_of_values() {
    static const std::vector<layer_value> all{
        as_value(mean_squared_error), as_value(mean_squared_error), as_value(huber<>(weighted)),
        as_value(mean_absolute_error), as_value(binary_cross_entropy)};
    return all;
  }

  const layer_value& pick(const std::vector<layer_value>& from) {
    return from[static_cast<std::size_t>(random_.below(static_cast<int>(from.size())))];
  }

  // The shape after the layers so far; rank 0 where they are not legal. A single input is no
  // network yet, so that one is asked itself.
  dims shape() const {
    if (net_.rows.size() == 1) {
      complaint none;
      return net_.rows[0].shape({}, none);
    }
    const verdict v = net_.check();
    return v.legal && v.macs <= limits_.macs ? v.output : dims();
  }

  bool try_push(const layer_value& l) {
    if (layers_ == limits_.layers) return false;
    net_.push(l);
    const dims out = shape();
    if (out.rank == 0 || elements_ + out.count() > limits_.elements) {
      net_.resize(net_.rows.size() - 1);
      return false;
    }
    elements_ += out.count(), ++layers_;
    return true;
  }
  int push_some(int most) {
    int pushed = 0;
    const int wanted = 1 + random_.below(most);
    for (int tries = 0; tries < 6 * wanted && pushed < wanted; ++tries)
      pushed += try_push(pick(pool()));
    return pushed;
  }

  void grow() {
    if (random_.chance(0.15)) return fork(random_.chance(0.5));
    if (random_.chance(0.1)) return save_or_join();
    if (random_.chance(0.05)) return push_frozen();
    if (random_.chance(0.05)) return push_vanilla();
    try_push(pick(pool()));
  }

  // A residual, or branches joined by add or concat; taken back where the shapes do not meet.
  void fork(bool is_residual) {
    const std::size_t rows = net_.rows.size();
    const int layers = layers_;
    const long elements = elements_;
    net_.push(as_value<detail::begin_mark>());
    push_some(3);
    const int more = is_residual ? 1 : 1 + random_.below(2);
    for (int b = 0; b < more; ++b) {
      net_.push(as_value<detail::next_mark>());
      if (!is_residual || random_.chance(0.3)) push_some(2);
    }
    net_.push(as_value<detail::end_mark>());
    if (is_residual ? try_push(random_.chance(0.3) ? pick(depths()) : as_value<residual_layer>())
        : random_.chance(0.5) ? try_push(as_value(add))
                              : try_push(as_value(concat)))
      return;
    net_.resize(rows);
    layers_ = layers, elements_ = elements;
  }

  void push_frozen() {
    net_.push(as_value<detail::freeze_mark<1>>());
    push_some(3);
    net_.push(as_value<detail::freeze_mark<0>>());
  }

  // Legal only where a layer behind it takes its factor.
  void push_vanilla() {
    const std::size_t rows = net_.rows.size();
    net_.push(as_value(dropout<keep(0.7)>(vanilla)));
    for (int tries = 0; tries < 20; ++tries) {
      const layer_value& l = pick(pool());
      if (l.row.takes_factor && try_push(l)) return;
    }
    net_.resize(rows);
  }

  void save_or_join() {
    if (!saved_) {
      net_.push(as_value(save<"a">));
      saved_ = true;
    } else if (random_.chance(0.5)) {
      try_push(as_value(add_with<"a">));
    } else {
      try_push(as_value(concat_with<"a">));
    }
  }

  void end() {
    limits_.layers += 2;  // there is always room for an end
    if (shape().rank > 1 && random_.chance(0.7))
      try_push(as_value(flatten)), try_push(as_value(linear<10>));
    const bool classes = shape().rank == 1 && shape()[0] > 1;
    net_.push(pick(classes && random_.chance(0.7) ? losses_of_classes() : losses_of_values()));
  }

  random_numbers random_;
  network_limits limits_;
  network_value net_;
  int layers_ = 0;
  long elements_ = 0;
  bool saved_ = false;
};

}  // namespace tenon::tests
