// network<…>, the base of every declared network, and its verdict.
#pragma once
#include <type_traits>

#include "dsl/infer.hpp"
#include "dsl/list.hpp"

namespace tenon {
namespace detail {

// The list hides behind a local struct, so that messages and symbols say
// network_of<layers_in_order> and not 300 layers.
inline constexpr auto hide = [](auto list_of_layers) {
  struct layers_in_order {
    using list [[maybe_unused]] = decltype(list_of_layers);
  };
  return layers_in_order{};
};

template <class Hidden>
struct network_of {
  using list = typename Hidden::list;
};

template <class List>
struct table;
template <class... L>
struct table<layers<L...>> {
  static constexpr int size = sizeof...(L);
  static constexpr row rows[] = {row_of<L>...};
};
template <class Network>
using table_of = table<typename Network::list>;

template <class Network>
consteval verdict make_verdict() {
  if constexpr (requires { typename Network::list; }) {
    return inference(table_of<Network>::rows, table_of<Network>::size).run();
  } else {
    verdict v;
    v.legal =
        std::is_empty_v<Network> &&
        std::is_final_v<Network>;  // the compiler has rejected its network<...>: no second report
    v.where << name_of<Network>();
    v.needs = "is not a network";
    v.remedy = "declare one: struct name final : network<input<784> | ...> {}";
    return v;
  }
}

}  // namespace detail

// struct lenet final : network<input<1, 28, 28> | conv2d<6, 5>(same) | …> {};
template <auto Layers>
using network = detail::network_of<decltype(detail::hide(detail::list_of<decltype(Layers)>{}))>;

// The outcome of the checks as a value, for tests and tools: it never fails to compile.
template <class Network>
inline constexpr verdict verdict_of =
    detail::make_verdict<Network>();  // keyed by the name: short symbols

}  // namespace tenon
