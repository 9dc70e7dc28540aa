// Turns a read of a tensor round: from "out[o] reads T[index(o, r)]" to "T[t] is read by these (o,
// r)". That is what the gradient with respect to T gathers over. For an index s*o + d*k + c with
// overlapping windows there is one piece per phase t mod s (a strided convolution's input gradient:
// s x s pieces), each with a strided output map.
#pragma once
#include <vector>

#include "codegen/program.hpp"

namespace tenon::codegen {

struct piece {
  std::vector<affine> at;     // where in T this piece writes; in the builder's axes
  std::vector<affine> axes;   // each axis of the reading kernel, in the builder's axes
  std::vector<axis> reduced;  // the builder's axes that are summed over
  bool no_terms = false;      // nothing reads these elements: their gradient is zero
};

struct inversion {
  std::vector<piece> pieces;
  bool complete = true;  // the pieces cover T
};

// `used`: how many of the kernel's axes take part (all, or the outer ones only).
inversion invert(forms::builder& b, const kernel& k, std::size_t used,
                 const std::vector<affine>& index, const dims& shape);

}  // namespace tenon::codegen
