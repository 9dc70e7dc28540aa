// The values that an affine index takes over its axes.
#pragma once
#include <vector>

#include "dsl/forms/affine.hpp"

namespace tenon::codegen {

struct range {
  int low = 0, high = 0;  // both included
};

inline range range_of(const forms::affine& a, const std::vector<int>& extents) {
  range r{a.constant, a.constant};
  for (const forms::affine::term& t : a.terms) {
    const int reach = t.coefficient * (extents.at(static_cast<std::size_t>(t.axis)) - 1);
    (reach < 0 ? r.low : r.high) += reach;
  }
  return r;
}

}  // namespace tenon::codegen
