// stochastic_depth<drop(p)>(block), stochastic_depth<drop(p)>(block, per_batch, linear_decay): a
// bypass around a block that training drops: y = x + block(x) / q with probability q = 1 - p, else
// y = x (Huang et al., 2016, in the inverted form).
//   x and block(x) of one shape. A decision per sample and step [per_sample], or one for the whole
//     batch (per_batch). linear_decay: the l-th of the network's L such blocks drops with l / L p,
//     so the first layers, which all others build on, stay.
//   d_x = d_y + d_block; d_block = d_y / q where kept, else 0 (derived).
//   Evaluation: y = x + block(x), as residual.
#pragma once
#include "dsl/layers/branches.hpp"
#include "dsl/options.hpp"
#include "dsl/probability.hpp"

namespace tenon {

struct stochastic_depth_layer : layer {
  static constexpr kind_of_row role = kind_of_row::residual;
  static constexpr std::string_view kind = "stochastic_depth";
  static constexpr bool is_noise = true;
};

namespace detail {

struct depth_settings : settings_base {
  bool whole_batch = false;
  bool decays = false;
  using settings_base::set;
  constexpr void set(const per_batch_option*) {
    take(option::per_batch, option::per_batch), whole_batch = true;
  }
  constexpr void set(const per_sample_option*) { take(option::per_batch, option::per_sample); }
  constexpr void set(const linear_decay_option*) {
    take(option::linear_decay, option::linear_decay), decays = true;
  }
};

template <auto P, depth_settings S>
struct stochastic_depth_of : stochastic_depth_layer {
  static constexpr void spell(text& t) {
    spell_probability<P>(t, "stochastic_depth");
    t << "(block" << (S.whole_batch ? ", per_batch" : "") << (S.decays ? ", linear_decay)" : ")");
  }
  // Before the paths are joined: whether the settings make sense.
  static constexpr dims shape(dims in, complaint& no) {
    if (!options_fit(S, "per_sample, per_batch, linear_decay", no)) return {};
    return probability_fits<P>("stochastic_depth", no) ? in : dims();
  }

  static auto join(auto& k, const auto& inputs) {
    const auto &main = inputs[0], &around = inputs[1];
    const auto axes = k.over(main.shape);
    const double keep = kept(k.ordinal, k.ordinals);
    if (!k.train || keep == 1) return k.define(axes, main.at(axes) + around.at(axes));
    const auto element = 0 * k.over(1);
    const auto number = S.whole_batch ? k.draw(element) : k.uniform(element);
    const auto mask = k.define({}, select(greater(keep, number), 1 / keep, 0), "mask");
    return k.define(axes, main.at(axes) * mask() + around.at(axes));
  }

 private:
  static constexpr double kept(int ordinal, int ordinals) {
    return S.decays ? 1 - (1 - P.keep()) * ordinal / ordinals : P.keep();
  }
};

template <auto P>
struct stochastic_depth_maker {
  template <class Block, class... Options>
  consteval auto operator()(Block, Options...) const {
    return join_of<begin_mark, Block, next_mark, end_mark,
                   stochastic_depth_of<P, with_options<depth_settings{}, Options...>()>>{};
  }
};

}  // namespace detail

template <auto P = detail::no_probability{}>
inline constexpr detail::stochastic_depth_maker<P> stochastic_depth{};

TENON_SAMPLES(stochastic_depth, input<7> | stochastic_depth<drop(0.5)>(linear<7> | tanh_),
              input<2, 5> | stochastic_depth<keep(0.8)>(conv1d<2, 3>(same), per_batch),
              input<2, 3, 4> | stochastic_depth<drop(0.3)>(conv2d<2, 1>, linear_decay) |
                  stochastic_depth<drop(0.3)>(conv2d<2, 1>, per_batch, linear_decay),
              input<5> | stochastic_depth<drop(0)>(linear<5>))

}  // namespace tenon
