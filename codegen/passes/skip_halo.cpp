// Windows near the border read zeros of the halo. Where they are worth it, the loops over taps run
// over those alone that lie inside: a 5 x 5 window whose input gradient is 14 x 14 and whose output
// is 10 x 10 has half of its products in the halo.
#include <algorithm>

#include "codegen/addressed.hpp"
#include "codegen/passes.hpp"

namespace tenon::codegen {
namespace {

// Of the products along a loop. A loop whose ends are not literal is not unrolled, and the columns
// of a tile, which share it, then load what neighbouring taps have in common once per tap.
constexpr double worth_it = 0.04, worth_it_for_columns = 0.15;

struct search {
  const program& p;
  const kernel& k;
  const schedule& s;

  int extent(int axis) const { return k.extents[static_cast<std::size_t>(axis)]; }

  // The taps inside for read `a` of a dimension of `size` elements.
  bool find(const affine& a, int size, clip& c) const {
    if (a.terms.size() != 2) return false;
    const bool first = a.terms[0].axis >= k.outer;
    const affine::term &tap = a.terms[first ? 0 : 1], &at = a.terms[first ? 1 : 0];
    if (tap.axis < k.outer || at.axis >= k.outer || at.coefficient <= 0) return false;
    if (at.axis == s.row_axis || at.axis == s.plane_axis || std::abs(tap.coefficient) != 1)
      return false;
    const int width = at.axis == s.column_axis ? s.columns : 1;
    const int reach = at.coefficient * (width - 1);  // of the last column of a tile
    c.reduced = tap.axis, c.outer = at.axis;
    if (tap.coefficient > 0) {
      c.scale = -at.coefficient;
      c.low = -a.constant - reach, c.high = size - a.constant;
    } else {
      c.scale = at.coefficient;
      c.low = a.constant - size + 1, c.high = a.constant + reach + 1;
    }
    return pays(c);
  }

  bool pays(const clip& c) const {
    long inside = 0;
    const int taps = extent(c.reduced);
    for (int o = 0; o < extent(c.outer); ++o) {
      if (c.high + c.scale * o < 0) return false;  // not a loop's end
      inside += std::max(0, c.end(o, taps) - c.begin(o));
    }
    const double skipped = 1 - static_cast<double>(inside) / (double{1} * taps * extent(c.outer));
    return skipped >= (c.outer == s.column_axis ? worth_it_for_columns : worth_it);
  }
};

void skip_halo(const program& p, const kernel& k, schedule& s) {
  const node* r = find_reduction(k.value);
  const bool samples = s.vectors == vector_axis::samples || s.vectors == vector_axis::sample_sums;
  if (s.when != stage::block || k.strip >= 0 || !samples || !r || r->kind != op::sum) return;
  if (addressed(p, k).extents != k.extents) return;  // axes that are one now
  const factors f = factors_of(k);
  for (const node* n : {f.a, f.b}) {
    if (!n || n->number != 0 || p.of(n->tensor).where != home::sample) continue;
    for (std::size_t d = 0; d < n->index.size(); ++d) {
      clip c;
      if (!search{p, k, s}.find(n->index[d], p.of(n->tensor).shape[static_cast<int>(d)], c))
        continue;
      const bool taken = std::any_of(s.clips.begin(), s.clips.end(),
                                     [&](const clip& o) { return o.reduced == c.reduced; });
      if (!taken) s.clips.push_back(c);
    }
  }
}

}  // namespace

void skip_halo(program& p) {
  for (std::size_t i = 0; i < p.kernels.size(); ++i) skip_halo(p, p.kernels[i], p.schedules[i]);
}

}  // namespace tenon::codegen
