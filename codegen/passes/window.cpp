#include "codegen/passes/window.hpp"

#include <algorithm>

namespace tenon::codegen {
namespace {

int extent_of(const kernel& k, int axis_id) {
  return k.extents.at(static_cast<std::size_t>(axis_id));
}

bool mentions(const node& read, int axis_id) {
  return std::any_of(read.index.begin(), read.index.end(),
                     [&](const affine& a) { return a.coefficient(axis_id) != 0; });
}

std::optional<slide> slide_of(const kernel& k, const affine& a) {
  if (a.terms.size() != 2) return {};
  affine::term output = a.terms[0], tap = a.terms[1];
  if (output.axis >= k.outer) std::swap(output, tap);
  const bool fits = output.axis < k.outer && tap.axis >= k.outer && output.coefficient == 1 &&
                    (tap.coefficient == 1 || tap.coefficient == -1) &&
                    extent_of(k, tap.axis) == window_taps;
  return fits ? std::optional(slide{output.axis, tap.axis, tap.coefficient}) : std::nullopt;
}

// The axis of a bare index, or -1.
int bare_axis(const affine& a) {
  return a.terms.size() == 1 && a.terms[0].coefficient == 1 ? a.terms[0].axis : -1;
}

}  // namespace

std::optional<window> window_of(const program& p, const kernel& k) {
  if (p.of(k.out).where != home::sample || k.accumulate || k.outer != 3 || k.extents.size() != 6 ||
      form_of(k) != form::contract)
    return {};
  window w;
  const factors f = factors_of(k);
  w.weights = f.a, w.samples = f.b;
  if (p.of(f.a->tensor).where == home::sample) std::swap(w.weights, w.samples);
  if (p.of(w.weights->tensor).where != home::parameter ||
      p.of(w.samples->tensor).where != home::sample || w.samples->number != 0)
    return {};
  std::vector<slide> slides;
  for (const affine& a : w.samples->index) {
    if (const std::optional<slide> s = slide_of(k, a))
      slides.push_back(*s);
    else if (const int c = bare_axis(a); c >= k.outer && w.in < 0)
      w.in = c;
    else
      return {};
  }
  if (slides.size() != 2 || w.in < 0 || slides[0].output == slides[1].output ||
      slides[0].reduced == slides[1].reduced)
    return {};
  w.rows = slides[0], w.columns = slides[1];
  w.out = 3 - w.rows.output - w.columns.output;
  const bool all = mentions(*w.weights, w.out) && mentions(*w.weights, w.in) &&
                   mentions(*w.weights, w.rows.reduced) && mentions(*w.weights, w.columns.reduced);
  const bool still =
      !mentions(*w.weights, w.rows.output) && !mentions(*w.weights, w.columns.output);
  return all && still ? std::optional(w) : std::nullopt;
}

}  // namespace tenon::codegen
