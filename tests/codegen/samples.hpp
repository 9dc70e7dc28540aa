// Every TENON_SAMPLES of every layer, as networks that can be trained: a loss is appended where the
// sample has none.
#pragma once
#include <string>
#include <vector>

#include "tests/codegen/network_value.hpp"

namespace tenon::tests {

const std::vector<network_value>& samples();
// The first arguments of TENON_SAMPLES, in order.
const std::vector<std::string>& sampled_layers();

}  // namespace tenon::tests
