// Sizes around the length of a vector, primes and ones, for the layers whose index arithmetic can
// go wrong: each network is an input and one layer, with a loss; beside it, what the layer computes
// in the plainest loops.
#pragma once
#include <vector>

#include "tests/codegen/network_value.hpp"

namespace tenon::tests {

struct shape_case {
  network_value network;
  // y of one sample, from x, weight and bias (empty where there is none).
  std::vector<double> (*reference)(const dims& in, const double* x, const std::vector<double>& w,
                                   const std::vector<double>& b);
};

const std::vector<shape_case>& shape_cases();

}  // namespace tenon::tests
