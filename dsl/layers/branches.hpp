// branches(a, b, …) | add and branches(a, b, …) | concat: the same input through several paths,
// joined again.
//   add:    y = a + b + …, all of one shape.                     d_a = d_b = d_y (derived).
//   concat: channels of a, then of b, …; other sizes are equal.   d_a = its channels of d_y
//           (derived).
#pragma once
#include "dsl/list.hpp"

namespace tenon {

struct add_layer : layer {
  static constexpr kind_of_row role = kind_of_row::add;
  static constexpr std::string_view kind = "add";

  static auto join(auto& k, const auto& inputs) {
    const auto axes = k.over(inputs.front().shape);
    auto total = inputs.front().at(axes);
    for (std::size_t i = 1; i < inputs.size(); ++i) total = total + inputs[i].at(axes);
    return k.define(axes, total);
  }
};

struct concat_layer : layer {
  static constexpr kind_of_row role = kind_of_row::concat;
  static constexpr std::string_view kind = "concat";

  static auto join(auto& k, const auto& inputs) {
    dims out = inputs.front().shape;
    for (std::size_t i = 1; i < inputs.size(); ++i) out.size[0] += inputs[i].shape[0];
    auto y = k.declare(out, k.home_of(inputs.front()));
    int offset = 0;
    for (const auto& x : inputs) {
      k.place(y, offset, x);
      offset += x.shape[0];
    }
    return y;
  }
};

inline constexpr add_layer add{};
inline constexpr concat_layer concat{};

namespace detail {

struct begin_mark : layer {
  static constexpr kind_of_row role = kind_of_row::begin;
  static constexpr void spell(text& t) { t << "a branch"; }
};
struct next_mark : layer {
  static constexpr kind_of_row role = kind_of_row::next;
  static constexpr void spell(text& t) { t << "a branch"; }
};
struct end_mark : layer {
  static constexpr kind_of_row role = kind_of_row::end;
  static constexpr void spell(text& t) { t << "a branch"; }
};

}  // namespace detail

template <class First, class... Rest>
consteval auto branches(First, Rest...) {
  using namespace detail;
  return typename joined<layers<begin_mark>, list_of<First>, join_of<next_mark, Rest>...,
                         layers<end_mark>>::type{};
}

TENON_SAMPLES(add, input<7> | branches(relu, tanh_, sigmoid) | add,
              input<2, 3> | branches(relu) | add)
TENON_SAMPLES(concat, input<7> | branches(relu, linear<5>) | concat,
              input<2, 3, 5> | branches(relu, conv2d<3, 1>, tanh_) | concat)

}  // namespace tenon
