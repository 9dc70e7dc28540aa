// save<"name">, add_with<"name">, concat_with<"name">: the first remembers the tensor that passes;
// the second adds it later, the third appends its channels after the current ones, as a U-Net needs
// it. A name is saved once and may be used often.
//   add_with: one shape. concat_with: equal sizes but for the channels. The gradients of all uses
//             add up (derived).
#pragma once
#include "dsl/layers/branches.hpp"

namespace tenon {
namespace detail {

template <std::size_t N>
struct label {
  char chars[N];
  consteval explicit(false) label(const char (&s)[N]) {
    for (std::size_t i = 0; i < N; ++i) chars[i] = s[i];
  }
  constexpr std::string_view view() const { return {chars, N - 1}; }
};

}  // namespace detail

struct save_layer : layer {
  static constexpr kind_of_row role = kind_of_row::save;
};
struct add_with_layer : add_layer {
  static constexpr kind_of_row role = kind_of_row::add_with;
  static constexpr std::string_view kind = "add_with";
};
struct concat_with_layer : concat_layer {
  static constexpr kind_of_row role = kind_of_row::concat_with;
  static constexpr std::string_view kind = "concat_with";
};

namespace detail {

template <class Base, label Name>
struct named : Base {
  static constexpr std::string_view name = Name.view();
  static constexpr void spell(text& t) {
    t << (Base::kind.empty() ? "save" : Base::kind) << "<'" << name << "'>";
  }
};

}  // namespace detail

template <detail::label Name>
inline constexpr detail::named<save_layer, Name> save{};
template <detail::label Name>
inline constexpr detail::named<add_with_layer, Name> add_with{};
template <detail::label Name>
inline constexpr detail::named<concat_with_layer, Name> concat_with{};

TENON_SAMPLES(save,
              input<7> | save<"a"> | linear<7> | tanh_ | add_with<"a"> | linear<7> | add_with<"a">,
              input<2, 5, 4> | conv2d<3, 3>(same) | save<"a"> | relu | conv2d<2, 1> |
                  concat_with<"a"> | conv2d<1, 1>)

}  // namespace tenon
