// train<net> and eval<net>: the two modes of one declaration, as types.
#pragma once
#include "dsl/report.hpp"
#include "dsl/settle.hpp"

namespace tenon {
namespace detail {

template <class Network, mode M>
inline constexpr auto fates_of = settle<table_of<Network>::size>(table_of<Network>::rows, M);

template <mode M>
struct vanishes {
  template <class L>
  constexpr auto operator()(L) const {
    return boost::hana::bool_c<L::identity_in(M)>;
  }
};

// The rows of a list that are not merged: merging looks at neighbours, so it goes by position where dropping goes by type.
template <class List, mode M>
struct merged {
  static constexpr auto stay = [] {
    constexpr auto f = settle<table<List>::size>(table<List>::rows, M);
    positions<table<List>::size> p;
    for (int i = 0; i < table<List>::size; ++i) {
      if (f.of[i] == fate::kept) p.push(i);
    }
    return p;
  }();
  using type = typename selected<List, stay>::type;
};

template <class List, mode M>
using in_mode = typename merged<decltype(boost::hana::remove_if(List{}, vanishes<M>{})), M>::type;

}  // namespace detail

// `list` holds what is left of the layers: no identities, no merged norms.
template <class Network>
struct train : detail::checked<Network> {
  using declared = Network;
  static constexpr mode in = mode::train;
  using list = detail::in_mode<typename Network::list, in>;
};
template <class Network>
struct eval : detail::checked<Network> {
  using declared = Network;
  static constexpr mode in = mode::eval;
  using list = detail::in_mode<typename Network::list, in>;
};

}  // namespace tenon
