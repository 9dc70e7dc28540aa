// Writes a program as its double twin: plain loops over logical, contiguous arrays, for gradient
// checks and for reading. The same meaning as run_scalar(), as text; no layouts, no schedules, no
// runtime but the random numbers of dropout.
#pragma once
#include <string>
#include <vector>

#include "codegen/program.hpp"

namespace tenon::codegen {

// The file <name>_scalar.cc: `double emitted::<name>::scalar::loss(...)` with the signature of
// tenon::scalar_twin. `p` is a train program after lower, differentiate_with_input, drop_moves and
// remove_dead; else std::logic_error. `heading` is the sentence that says who wrote the file and
// from what; it follows "<name>, the scalar twin. ".
std::string print_scalar(const program& p, const std::string& heading);

// A layer whose outputs the twin holds; the tensors of its outputs and of the gradient there, -1
// where there is none. `p` as for print_scalar.
struct layer_spread {
  std::string layer;
  int output, gradient;
};
std::vector<layer_spread> spreads_of(const program& p);

}  // namespace tenon::codegen
