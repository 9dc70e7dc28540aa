#include "codegen/passes/invert.hpp"

#include <algorithm>
#include <numeric>

#include "codegen/bounds.hpp"

namespace tenon::codegen {
namespace {

// The ways in which one dimension's index can be turned round; pieces multiply over dimensions.
struct option {
  affine at;
  std::vector<std::pair<int, affine>> axes;  // (kernel's axis, in the builder's axes)
  std::vector<axis> reduced;
  bool no_terms = false;
};

int extent_of(const kernel& k, int axis_id) {
  return k.extents.at(static_cast<std::size_t>(axis_id));
}

// Distinct settings of the axes give distinct indices: coefficients sorted, each larger than the
// reach of those before.
bool injective(const kernel& k, std::vector<affine::term> terms) {
  std::sort(terms.begin(), terms.end(),
            [](const auto& a, const auto& b) { return a.coefficient < b.coefficient; });
  int reach = 0;
  for (const affine::term& t : terms) {
    if (t.coefficient <= reach) return false;
    reach += t.coefficient * (extent_of(k, t.axis) - 1);
  }
  return true;
}

// The output's term comes first; the kernel's may run backwards, as a transposed convolution's do.
std::pair<affine::term, affine::term> output_and_tap(const kernel& k,
                                                     const std::vector<affine::term>& terms) {
  affine::term out = terms[0], tap{-1, 1};
  if (terms.size() > 1) {
    tap = terms[1];
    if (out.axis >= k.outer && tap.axis < k.outer) std::swap(out, tap);
  }
  return {out, tap};
}
bool turns_round(const kernel& k, const std::vector<affine::term>& terms) {
  return output_and_tap(k, terms).first.coefficient > 0;
}

std::vector<option> scatter(forms::builder& b, const kernel& k, const affine& index, int size,
                            bool& complete) {
  option o{affine(index.constant), {}, {}, false};
  long covered = 1;
  for (const affine::term& t : index.terms) {
    const axis fresh = b.over(extent_of(k, t.axis));
    o.at = o.at + t.coefficient * fresh;
    o.axes.emplace_back(t.axis, affine(fresh));
    covered *= fresh.extent;
  }
  if (covered != size) complete = false;
  return {o};
}

// index = s*o + d*k + c: for each phase t mod s, the taps k0, k0 + s/g, ... reach it from o = t +
// constant - (d/g) m.
std::vector<option> phases(forms::builder& b, const kernel& k, const affine& index, int size) {
  const auto [out, tap] = output_and_tap(k, index.terms);
  const int s = out.coefficient, d = tap.coefficient, c = index.constant;  // d may be negative
  const int taps = tap.axis < 0 ? 1 : extent_of(k, tap.axis);
  const int g = std::gcd(s, d);
  std::vector<option> options;
  for (int phase = 0; phase < std::min(s, size); ++phase) {
    option o;
    const axis t = b.over((size - phase + s - 1) / s);
    o.at = s * t + affine(phase);
    int first = 0;
    while (first < taps && (phase - c - d * first) % s != 0) ++first;
    const int step = s / g;
    const int count = first < taps ? (taps - first + step - 1) / step : 0;
    o.no_terms = count == 0;
    if (count > 0) {
      affine tap_at(first), out_at = t + affine((phase - c - d * first) / s);
      if (count > 1) {
        const axis m = b.over(count);
        tap_at = tap_at + step * m;
        out_at = out_at - (d / g) * m;
        o.reduced.push_back(m);
      }
      o.axes.emplace_back(out.axis, out_at);
      if (tap.axis >= 0) o.axes.emplace_back(tap.axis, tap_at);
    }
    options.push_back(std::move(o));
  }
  return options;
}

std::vector<option> options_of(forms::builder& b, const kernel& k, const affine& index, int size,
                               bool& complete) {
  const range r = range_of(index, k.extents);
  const bool positive = std::all_of(index.terms.begin(), index.terms.end(),
                                    [](const auto& t) { return t.coefficient > 0; });
  if (positive && r.low >= 0 && r.high < size && injective(k, index.terms))
    return scatter(b, k, index, size, complete);
  if (index.terms.empty() || index.terms.size() > 2 || !turns_round(k, index.terms))
    throw internal_bug("differentiate: " + k.name +
                       " reads with an index that has no gradient rule; state its backward");
  return phases(b, k, index, size);
}

}  // namespace

inversion invert(forms::builder& b, const kernel& k, std::size_t used,
                 const std::vector<affine>& index, const dims& shape) {
  inversion out;
  std::vector<bool> bound(used);
  for (const affine& a : index) {
    for (const affine::term& t : a.terms) {
      const std::size_t id = static_cast<std::size_t>(t.axis);
      if (bound.at(id))
        throw internal_bug("differentiate: " + k.name +
                           " uses an axis in two dimensions of a read; state its backward");
      bound[id] = true;
    }
  }
  piece first;
  first.axes.resize(used);
  for (std::size_t i = 0; i < used; ++i) {  // axes that the index does not mention are summed over
    if (bound[i]) continue;
    const axis fresh = b.over(k.extents[i]);
    first.axes[i] = affine(fresh);
    if (fresh.extent > 1)
      first.reduced.push_back(fresh);
    else
      first.axes[i] = affine(0);
  }
  out.pieces.push_back(first);
  for (int d = 0; d < shape.rank; ++d) {
    const std::vector<option> options =
        options_of(b, k, index[static_cast<std::size_t>(d)], shape[d], out.complete);
    std::vector<piece> grown;
    for (const piece& p : out.pieces) {
      for (const option& o : options) {
        piece q = p;
        q.at.push_back(o.at);
        q.no_terms = q.no_terms || o.no_terms;
        for (const auto& [id, a] : o.axes) q.axes[static_cast<std::size_t>(id)] = a;
        q.reduced.insert(q.reduced.end(), o.reduced.begin(), o.reduced.end());
        grown.push_back(std::move(q));
      }
    }
    out.pieces = std::move(grown);
  }
  return out;
}

}  // namespace tenon::codegen
