// Shapes: as values (`dims`, while checking and lowering) and as types (`shape<...>`, what `output_shape<>` answers).
#pragma once
#include <concepts>
#include <cstddef>

namespace tenon {

template <int... Sizes>
struct shape {};

// A shape as a value, channels first; rank 0: none (and, for tensors, a scalar). Inputs have rank 1 to 3, weights up to 4.
struct dims {
  int rank = 0;
  int size[4] = {};

  constexpr dims() = default;
  constexpr explicit(false) dims(std::same_as<int> auto... s) : rank(sizeof...(s)), size{s...} {}

  constexpr int operator[](int i) const { return size[i]; }
  // Elements; a scalar has one.
  constexpr long count() const {
    long n = 1;
    for (int i = 0; i < rank; ++i) n *= size[i];
    return n;
  }
  friend constexpr bool operator==(const dims&, const dims&) = default;
};

}  // namespace tenon
