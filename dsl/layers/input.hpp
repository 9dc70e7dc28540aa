// input<C, H, W>, input<C, L> or input<N>: what one sample is. Channels first; how it lies in
// memory is the generator's business.
#pragma once
#include "dsl/layer.hpp"

namespace tenon {

struct input_layer : layer {
  static constexpr kind_of_row role = kind_of_row::input;
  static constexpr std::string_view kind = "input";
};

namespace detail {

template <int... Sizes>
struct input_of : input_layer {
  static constexpr void spell(text& t) {
    int n = 0;
    t << "input<";
    ((t << (n++ ? ", " : "") << Sizes), ...);
    t << ">";
  }
  static constexpr dims shape(dims, complaint& no) {
    if constexpr (sizeof...(Sizes) < 1 || sizeof...(Sizes) > 3) {
      return no("has one, two or three sizes", "write input<C, H, W>, input<C, L> or input<N>");
    } else {
      if (((Sizes < 1) || ...)) return no("has a size that is not positive", "correct the number");
      return dims(Sizes...);
    }
  }
};

}  // namespace detail

template <int... Sizes>
inline constexpr detail::input_of<Sizes...> input{};

}  // namespace tenon
