// Axes and affine index maps: how a kernel form says which element it reads or writes.
// An axis is a loop variable with a literal extent; an index is constant + sum of coefficient * axis.
#pragma once
#include <algorithm>
#include <vector>

namespace tenon::forms {

struct axis {
  int id = -1;
  int extent = 0;
};

struct affine {
  struct term {
    int axis;
    int coefficient;
    friend bool operator==(const term&, const term&) = default;
  };
  int constant = 0;
  std::vector<term> terms;  // sorted by axis, no zero coefficient: equal maps compare equal

  affine() = default;
  explicit(false) affine(int c) : constant(c) {}
  explicit(false) affine(axis a) : terms{{a.id, 1}} {}
  friend bool operator==(const affine&, const affine&) = default;

  int coefficient(int axis_id) const {
    for (const term& t : terms) {
      if (t.axis == axis_id) return t.coefficient;
    }
    return 0;
  }
  affine& add(int axis_id, int coefficient) {
    auto at = std::lower_bound(terms.begin(), terms.end(), axis_id,
                               [](const term& t, int id) { return t.axis < id; });
    if (at == terms.end() || at->axis != axis_id) at = terms.insert(at, {axis_id, 0});
    at->coefficient += coefficient;
    if (at->coefficient == 0) terms.erase(at);
    return *this;
  }
};

inline affine operator*(int factor, affine a) {
  if (factor == 0) return affine(0);
  a.constant *= factor;
  for (affine::term& t : a.terms) t.coefficient *= factor;
  return a;
}
inline affine operator+(affine a, const affine& b) {
  a.constant += b.constant;
  for (const affine::term& t : b.terms) a.add(t.axis, t.coefficient);
  return a;
}
inline affine operator-(const affine& a, const affine& b) { return a + -1 * b; }
inline affine operator*(int factor, axis a) { return factor * affine(a); }
inline affine operator+(axis a, const affine& b) { return affine(a) + b; }
inline affine operator-(axis a, const affine& b) { return affine(a) - b; }

}  // namespace tenon::forms
