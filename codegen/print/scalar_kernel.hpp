// One kernel as a C++ function over typed arrays of double: `const double (*x)[6][14][14]` is
// [n][6][14][14] for a tensor that every sample has, and [first extent][6][14][14] for all others.
// A tensor without dimensions that is not per sample is a plain number.
#pragma once
#include <string>
#include <vector>

#include "codegen/program.hpp"

namespace tenon::codegen {

// "[6][14][14]": what follows `double` in the type of one row; empty: double itself.
std::string row_extents(const tensor& t);
bool is_number(const tensor& t);

struct scalar_function {
  std::string banner;  // formula and shapes, in comments
  std::string text;  // "(std::size_t n, ...) { ... }", without the name; equal text, equal meaning
  bool samples = false, random = false;  // takes n; takes seed and step
  std::vector<int> tensors;              // arguments after those, the output last
};
// Throws internal_bug where an expression has no text.
scalar_function print_scalar_kernel(const program& p, const kernel& k, const std::string& name);

}  // namespace tenon::codegen
