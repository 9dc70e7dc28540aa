// The networks that are emitted, compiled and run: by lists, because one generator, a few
// translation units and one test serve each list.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "tests/codegen/network_value.hpp"

namespace tenon::tests {

// "layers": every layer with every option, sizes around the length of a vector; "samples": all
// TENON_SAMPLES of the layers; "random": by seeds; "fifty": the first of those, for a GPU; "few":
// random ones for all targets; "passes": something for every pass to do; "winograd": one
// convolution each; "tensor_cores": rows for fragments; "integers": exact sums. A list may name a
// pass to leave out ("passes:lay_out"), which goes into the names of its networks. Names are unique
// over all lists but "fifty". Throws std::invalid_argument for other names.
std::vector<network_value> networks_of(std::string_view list);
// What products on a GPU are made of in this list ("tensor_cores:tf32"); empty for float32.
std::string precision_of(std::string_view list);
// The pass that a list leaves out; empty for none.
std::string pass_off(std::string_view list);

inline constexpr int capacity = 64;  // samples of a batch, in all lists

}  // namespace tenon::tests
