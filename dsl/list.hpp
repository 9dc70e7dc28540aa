// The flat list of layers: how `|` joins it, and that it is a structure of Boost.Hana. Only Hana's
// declarations are included, which saves a quarter of the time that this header takes: whoever calls
// an algorithm on a list includes that algorithm.
// No constraint and no fold over all layers: Clang stops at 256 elements of either.
#pragma once
#include <boost/hana/core/tag_of.hpp>
#include <boost/hana/fwd/concat.hpp>
#include <boost/hana/fwd/empty.hpp>
#include <boost/hana/fwd/filter.hpp>
#include <boost/hana/fwd/integral_constant.hpp>
#include <boost/hana/fwd/length.hpp>
#include <boost/hana/fwd/unpack.hpp>
#include <type_traits>
#include <utility>

#include "dsl/layer.hpp"

namespace tenon::detail {

template <class... L>
struct layers {};

// What is no layer joins too, as a row that complains: so `| 5` is one short error.
template <class T>
struct stranger : layer {
  static constexpr std::string_view kind = "stranger";
  static constexpr void spell(text& t) { t << name_of<T>(); }
  static constexpr dims shape(dims, complaint& no) {
    return no("is not a layer", "keep only layers between the bars");
  }
};

template <class T>
struct as_list {
  using type = layers<stranger<T>>;
};
template <layer_type L>
struct as_list<L> {
  using type = layers<L>;
};
template <class... L>
struct as_list<layers<L...>> {
  using type = layers<L...>;
};
template <class T>
using list_of = typename as_list<std::remove_cv_t<T>>::type;

template <class T>
inline constexpr bool is_list = false;
template <class... L>
inline constexpr bool is_list<layers<L...>> = true;
template <class T>
concept no_layer = !layer_type<T> && !is_list<T>;

// One overload per pair of forms: at 800 layers a third of the memory of one template for all.
template <layer_type A, layer_type B>
consteval layers<A, B> operator|(A, B) {
  return {};
}
template <class... A, layer_type B>
consteval layers<A..., B> operator|(layers<A...>, B) {
  return {};
}
template <layer_type A, class... B>
consteval layers<A, B...> operator|(A, layers<B...>) {
  return {};
}
template <class... A, class... B>
consteval layers<A..., B...> operator|(layers<A...>, layers<B...>) {
  return {};
}
template <class... A, no_layer T>
consteval layers<A..., stranger<T>> operator|(layers<A...>, T) {
  return {};
}
template <layer_type A, no_layer T>
consteval layers<A, stranger<T>> operator|(A, T) {
  return {};
}

// The lists of all parts (layers, lists, strangers), one after the other.
template <class... Lists>
struct joined {
  using type = layers<>;
};
template <class... A>
struct joined<layers<A...>> {
  using type = layers<A...>;
};
template <class... A, class... B, class... Rest>
struct joined<layers<A...>, layers<B...>, Rest...> : joined<layers<A..., B...>, Rest...> {};
template <class... Parts>
using join_of = typename joined<list_of<Parts>...>::type;

// Elements by position, through one inheritance: hana::tuple's own filter takes 2.5 s for 400
// different layers, this 0.05 s.
template <int I, class L>
struct slot {};
template <class Indices, class... L>
struct slots;
template <int... I, class... L>
struct slots<std::integer_sequence<int, I...>, L...> : slot<I, L>... {};

template <int I, class L>
L at(const slot<I, L>*);

template <int N>
struct positions {
  int index[N + 1] = {};
  int size = 0;
  constexpr void push(int i) { index[size++] = i; }
};

template <auto Positions, class Slots, int... K>
layers<decltype(at<Positions.index[K]>(static_cast<Slots*>(nullptr)))...> pick(
    std::integer_sequence<int, K...>);

template <class List, auto Positions>
struct selected;
template <class... L, auto Positions>
struct selected<layers<L...>, Positions> {
  using type = decltype(pick<Positions, slots<std::make_integer_sequence<int, sizeof...(L)>, L...>>(
      std::make_integer_sequence<int, Positions.size>{}));
};

struct layers_tag;

}  // namespace tenon::detail

namespace tenon {
// Found through the layers of this namespace, and through tenon::layer, whose derivatives live
// anywhere.
using detail::operator|;
}

namespace boost::hana {

template <class... L>
struct tag_of<tenon::detail::layers<L...>> {
  using type = tenon::detail::layers_tag;
};
template <>
struct unpack_impl<tenon::detail::layers_tag> {
  template <class... L, class F>
  static constexpr decltype(auto) apply(tenon::detail::layers<L...>, F&& f) {
    return static_cast<F&&>(f)(L{}...);
  }
};
template <>
struct length_impl<tenon::detail::layers_tag> {
  template <class... L>
  static constexpr auto apply(tenon::detail::layers<L...>) {
    return size_c<sizeof...(L)>;
  }
};
template <>
struct empty_impl<tenon::detail::layers_tag> {
  static constexpr tenon::detail::layers<> apply() { return {}; }
};
template <>
struct concat_impl<tenon::detail::layers_tag> {
  template <class... A, class... B>
  static constexpr tenon::detail::layers<A..., B...> apply(tenon::detail::layers<A...>,
                                                           tenon::detail::layers<B...>) {
    return {};
  }
};
template <>
struct filter_impl<tenon::detail::layers_tag> {
  template <class... L, class Keep>
  static constexpr auto apply(tenon::detail::layers<L...>, const Keep&) {
    constexpr auto kept = [] {
      tenon::detail::positions<sizeof...(L)> p;
      int i = 0;
      for (bool keep : {bool(decltype(std::declval<const Keep&>()(L{}))::value)...}) {
        if (keep) p.push(i);
        ++i;
      }
      return p;
    }();
    return typename tenon::detail::selected<tenon::detail::layers<L...>, kept>::type{};
  }
};

}  // namespace boost::hana
