// repeat<N>(block): the block N times, each with parameters of its own. Written out in the flat
// list, with a mark before each round so that messages can say which round they mean.
#pragma once
#include "dsl/list.hpp"

namespace tenon {
namespace detail {

template <int Round, int Rounds>
struct round_mark : layer {
  static constexpr kind_of_row role = kind_of_row::round;
  static constexpr int round = Round, rounds = Rounds;
  static constexpr void spell(text& t) { t << "repeat<" << Rounds << ">"; }
};

// Rounds First to First + Count - 1, joined by halves: the depth of instantiation grows with the
// logarithm.
template <int First, int Count, int Rounds, class Block>
struct repeated {
  using type = typename joined<
      typename repeated<First, Count / 2, Rounds, Block>::type,
      typename repeated<First + Count / 2, Count - Count / 2, Rounds, Block>::type>::type;
};
template <int First, int Rounds, class Block>
struct repeated<First, 1, Rounds, Block> {
  using type = join_of<round_mark<First, Rounds>, Block>;
};
template <int First, int Count, int Rounds, class Block>
requires(Count < 1) struct repeated<First, Count, Rounds, Block> {
  using type = layers<>;
};

}  // namespace detail

template <int N, class Block>
consteval auto repeat(Block) {
  using namespace detail;
  return join_of<typename repeated<1, N, N, list_of<Block>>::type, round_mark<0, N>>{};
}

TENON_SAMPLES(repeat, input<7> | repeat<3>(linear<7> | tanh_),
              input<2, 5> | repeat<2>(residual(conv1d<2, 3>(same) | relu)))

}  // namespace tenon
