// Executes a program in plain double loops: the meaning of every form, and the oracle of the tests.
// Slow and obvious.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "codegen/program.hpp"

namespace tenon::codegen {

struct scalar_state {
  std::vector<std::vector<double>>
      values;  // by tensor; sample tensors [n][shape], all others [shape]

  std::vector<double>& of(int tensor) { return values.at(static_cast<std::size_t>(tensor)); }
  const std::vector<double>& of(int tensor) const {
    return values.at(static_cast<std::size_t>(tensor));
  }
};

// A state for n samples in which every tensor has its size and is zero.
scalar_state make_state(const program& p, std::size_t n);

// Runs all kernels in order. The state holds the input, the target, parameters and buffers
// beforehand, and everything afterwards. `uniform` draws are those of Philox in runtime/core for
// (seed, stream, step, sample, element).
void run_scalar(const program& p, scalar_state& s, std::size_t n, std::uint64_t seed,
                std::uint64_t step);

}  // namespace tenon::codegen
