// What the tests of textbook facts share: a network's training step, with masks in the test's
// hands.
#pragma once
#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "codegen/passes.hpp"
#include "dsl/layers/all.hpp"
#include "tests/codegen/network_value.hpp"
#include "tests/codegen/values.hpp"

namespace tenon::tests {

inline codegen::program training(const network_value& net) {
  codegen::program p = net.lowered(mode::train);
  codegen::differentiate_with_input(p);
  return p;
}

// The kernels that draw masks are taken out, so that the test can set the masks itself. Throws
// where there are none.
inline codegen::program without_draws(codegen::program p) {
  const auto drawn = [&](const codegen::kernel& k) { return p.of(k.out).name.ends_with(".mask"); };
  if (std::erase_if(p.kernels, drawn) == 0) throw std::logic_error("the network draws no mask");
  return p;
}

// A run on random values in which every mask holds `value`.
inline std::vector<double> outputs_with_masks(const codegen::program& p, std::size_t n,
                                              double value, std::uint64_t seed) {
  codegen::scalar_state s = random_state(p, n, seed);
  for (std::size_t t = 0; t < p.tensors.size(); ++t)
    if (p.tensors[t].name.ends_with(".mask"))
      std::fill(s.values[t].begin(), s.values[t].end(), value);
  run(p, s, n);
  return s.of(p.output);
}

// Where two outputs differ by more than `tolerance`; empty where they do not.
inline std::string compared(const std::vector<double>& a, const std::vector<double>& b,
                            double tolerance) {
  return difference({{"y", a}}, {{"y", b}}, tolerance);
}

}  // namespace tenon::tests
