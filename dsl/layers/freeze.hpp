// freeze(block): the block's parameters stay as they are: training computes no gradients for them,
// and its norms use their running statistics and leave them alone.
//   Any block, unchanged; gradients pass through it to what is trained before it. Noise in it
//   stays. For weights that were trained elsewhere (`train --init`): as long as they are random, a
//   frozen block is a random projection.
#pragma once
#include "dsl/list.hpp"

namespace tenon {
namespace detail {

// round: 1 before the block, 0 behind it.
template <int Round>
struct freeze_mark : layer {
  static constexpr kind_of_row role = kind_of_row::frozen;
  static constexpr int round = Round;
  static constexpr void spell(text& t) { t << "freeze"; }
};

}  // namespace detail

template <class Block>
consteval auto freeze(Block) {
  using namespace detail;
  return join_of<freeze_mark<1>, Block, freeze_mark<0>>{};
}

TENON_SAMPLES(freeze, input<7> | freeze(linear<7> | tanh_) | linear<3>,
              input<5> | linear<4> | freeze(linear<6> | batch_norm | relu) | linear<2>,
              input<2, 5> | conv1d<3, 3>(same) | freeze(conv1d<2, 3> | dropout<drop(0.3)>))

}  // namespace tenon
