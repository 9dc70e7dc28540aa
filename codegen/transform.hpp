// A separable linear transform with literal coefficients: a kernel whose sum is
//
//   sum over (a, b) of first(u, a) second(v, b) x(..., a, b)
//
// with two tables that each join an output axis and a reduced one. Printed in two steps, one axis
// after the other, it takes a fraction of the operations that the sum as it stands has.
#pragma once
#include <optional>
#include <vector>

#include "codegen/program.hpp"

namespace tenon::codegen {

struct matrix {
  int rows = 0, columns = 0;
  std::vector<double> numbers;  // row-major
  double at(int row, int column) const {
    return numbers[static_cast<std::size_t>(row * columns + column)];
  }
};

// A table over one output axis (rows) and one reduced axis (columns), by id.
struct table_side {
  matrix numbers;
  int out = -1, reduced = -1;
};

struct transform {
  const node* read = nullptr;
  table_side first, second;  // first: over the outer of the two reduced axes
};

// Whether the kernel is such a transform and nothing else around its sum but an epilogue.
std::optional<transform> transform_of(const kernel& k);

// The matrices of Winograd's F(m, 3): y = At ((G w) * (Bt x)) gives m sums over three taps from
// m + 2 products.
struct winograd_tables {
  matrix inputs;    // Bt [m + 2][m + 2]
  matrix weights;   // G [m + 2][3]
  matrix products;  // At [m][m + 2]
};
winograd_tables winograd_of(int m);

// The largest error to expect in float, relative to the largest result, where `channels` products
// are summed per position. Fitted to random data; a test holds emitted code to twice that.
double winograd_error(int m, int channels);

}  // namespace tenon::codegen
