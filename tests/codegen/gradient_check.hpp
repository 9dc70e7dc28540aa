// Derived gradients against central differences of the forward program, in double.
//
// A difference is meaningless where a kink (of relu, of a maximum) lies between its points. So the
// forward program gets extra kernels that write down every decision it takes, and a difference
// whose points decide differently is skipped and counted.
#pragma once
#include <string>

#include "tests/codegen/values.hpp"

namespace tenon::tests {

struct gradient_check {
  long checked = 0, skipped = 0;
  std::string failure{};  // empty: all agree

  double share_skipped() const {
    return checked + skipped == 0
               ? 0
               : static_cast<double>(skipped) / static_cast<double>(checked + skipped);
  }
};

// The forward program with a tensor "decision_<i>" for every choice that depends on data.
codegen::program with_decisions(const codegen::program& forward);

// Whether batch norms have the two values per channel that they need.
bool enough_samples(const codegen::program& p, std::size_t n);

// Every element of every parameter and of the input.
gradient_check check_every_element(const codegen::program& forward, std::size_t n,
                                   std::uint64_t seed);
// One random direction through all parameters and the input at once: a tenth of a percent of the
// price.
gradient_check check_direction(const codegen::program& forward, std::size_t n, std::uint64_t seed,
                               double tolerance);

}  // namespace tenon::tests
