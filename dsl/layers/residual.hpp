// residual(main), residual(main, shortcut): y = main(x) + x, or main(x) + shortcut(x) (He et al.,
// 2015).
//   Both paths give one shape; d_main = d_shortcut = d_y (derived). Layers of the main path are
//     numbered before the shortcut's.
#pragma once
#include "dsl/layers/branches.hpp"

namespace tenon {

struct residual_layer : add_layer {
  static constexpr kind_of_row role = kind_of_row::residual;
  static constexpr std::string_view kind = "residual";
};

template <class Main>
consteval auto residual(Main) {
  using namespace detail;
  return join_of<begin_mark, Main, next_mark, end_mark, residual_layer>{};
}
template <class Main, class Shortcut>
consteval auto residual(Main, Shortcut) {
  using namespace detail;
  return join_of<begin_mark, Main, next_mark, Shortcut, end_mark, residual_layer>{};
}

TENON_SAMPLES(residual, input<7> | residual(linear<7> | relu),
              input<3, 8> |
                  residual(conv1d<4, 3>(same, stride<2>) | tanh_, conv1d<4, 1>(stride<2>)),
              input<2, 5, 5> | residual(conv2d<2, 3>(same) | relu | residual(conv2d<2, 1>)))

}  // namespace tenon
