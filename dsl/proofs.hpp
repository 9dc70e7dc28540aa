// What a user can state about a network and have proved while compiling:
// static_assert(!contains<eval<mlp>, dropout_layer>);
#pragma once
#include <type_traits>

#include "dsl/modes.hpp"

namespace tenon {
namespace detail {

// An array and a loop: Clang stops at 256 elements of a fold.
template <class Kind, class... L>
consteval int count_of(layers<L...>) {
  int n = 0;
  for (bool is : {false, std::is_base_of_v<Kind, L>...}) n += is;
  return n;
}

template <dims D>
struct shape_of;
template <dims D>
requires(D.rank == 0) struct shape_of<D> {
  using type = shape<>;
};
template <dims D>
requires(D.rank == 1) struct shape_of<D> {
  using type = shape<D.size[0]>;
};
template <dims D>
requires(D.rank == 2) struct shape_of<D> {
  using type = shape<D.size[0], D.size[1]>;
};
template <dims D>
requires(D.rank == 3) struct shape_of<D> {
  using type = shape<D.size[0], D.size[1], D.size[2]>;
};

template <class Net>
inline constexpr bool is_training = false;
template <class Network>
inline constexpr bool is_training<train<Network>> = true;

}  // namespace detail

// True for every network that compiles; a wrong one stops here, with the sentence that says why
// (and not with a second error: therefore no `false`).
template <class Net>
inline constexpr bool valid = sizeof(detail::checked_declaration<Net>) > 0;

// Whether a layer of this kind is left in a network or in a mode of it: contains<eval<mlp>,
// dropout_layer>.
template <class Net, class Kind>
inline constexpr bool contains =
    sizeof(detail::checked_declaration<Net>) > 0 && detail::count_of<Kind>(typename Net::list{}) >
                                                        0;

// Trained values: weights, biases, scales and shifts; no running statistics.
template <class Net>
inline constexpr long parameters = detail::checked_declaration<Net>::result.parameters;

// Of them, those that training changes: all but those of frozen blocks.
template <class Net>
inline constexpr long trainable_parameters = detail::checked_declaration<Net>::result.trainable;

// Per sample, 2 per multiply-add of linear layers and convolutions. Of train<net>: forward and
// backward, without the gradient of the network's input.
template <class Net>
inline constexpr long flops = 2 * (detail::is_training<Net>
                                       ? detail::checked_declaration<Net>::result.macs_training
                                       : detail::checked_declaration<Net>::result.macs);

// shape<10>, shape<16, 32, 32>: what a sample has become at the end.
template <class Net>
using output_shape =
    typename detail::shape_of<detail::checked_declaration<Net>::result.output>::type;

}  // namespace tenon
