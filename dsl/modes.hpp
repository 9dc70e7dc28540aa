// train<net>, eval<net> and eval_mc<net>: the modes of one declaration, as types.
#pragma once
#include "dsl/report.hpp"
#include "dsl/settle.hpp"

namespace tenon {
namespace detail {

template <class Network, mode M>
inline constexpr auto fates_of = settle<table_of<Network>::size>(table_of<Network>::rows, M);

template <class Network, mode M>
inline constexpr auto kept_in = [] {
  constexpr int size = table_of<Network>::size;
  positions<size> kept;
  for (int i = 0; i < size; ++i) {
    if (fates_of<Network, M>.of[i] == fate::kept) kept.push(i);
  }
  return kept;
}();

// By position, for merging looks at neighbours; the selection is the one under hana::filter of this
// list.
template <class Network, mode M, bool All = kept_in<Network, M>.size == table_of<Network>::size>
struct list_in {
  using type = typename Network::list;
};
template <class Network, mode M>
struct list_in<Network, M, false> : selected<typename Network::list, kept_in<Network, M>> {};

}  // namespace detail

// `list` holds what is left of the layers: no identities, no merged norms.
template <class Network>
struct train : detail::checked<Network> {
  using declared = Network;
  static constexpr mode in = mode::train;
  using list = typename detail::list_in<Network, in>::type;
};
template <class Network>
struct eval : detail::checked<Network> {
  using declared = Network;
  static constexpr mode in = mode::eval;
  using list = typename detail::list_in<Network, in>::type;
};

// Evaluation with the noise of training left on: what the network says varies from draw to draw,
// and the spread tells how sure it is (Gal and Ghahramani, 2016). How many draws is said at run
// time.
template <class Network>
struct eval_mc : detail::checked<Network> {
  using declared = Network;
  static constexpr mode in = mode::eval_mc;
  using list = typename detail::list_in<Network, in>::type;
};

}  // namespace tenon
