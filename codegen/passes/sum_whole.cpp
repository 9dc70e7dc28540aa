// A weight gradient whose partial sums would not fit half of L2 (a machine's `partial_sums`) gets
// no partial sums: once all blocks are through, its rows are summed over all samples in order and
// written once. Without that a step zeroes, adds to, and adds up one copy per part, each the size
// of the weights (mlp 784-512-256-10, batch 64: a seventh of the step).
#include <algorithm>

#include "codegen/addressed.hpp"
#include "codegen/passes.hpp"
#include "codegen/passes/rows_of_samples.hpp"

namespace tenon::codegen {

bool is_rows_of_samples(const program& p, const kernel& k) {
  if (find_reduction(k.value) || k.value->kind != op::multiply) return false;
  const kernel q = addressed(p, k);
  const factors f = factors_of(q);
  if (!f.a || q.extents.size() != 2 || q.outer != 2) return false;
  if (p.of(f.a->tensor).where != home::sample || p.of(f.b->tensor).where != home::sample)
    return false;
  const affine &a = f.a->index[0], &b = f.b->index[0];
  const layout& x = p.layouts[static_cast<std::size_t>(f.b->tensor)];
  // A halo is read too (a window wider than its input), and the copy would not have it.
  const auto none = [](const std::vector<int>& halo) {
    return std::all_of(halo.begin(), halo.end(), [](int h) { return h == 0; });
  };
  const bool whole =
      none(x.before) && none(x.after) &&
      x.floats == static_cast<std::size_t>(q.extents[1]) * static_cast<std::size_t>(p.block);
  return whole && a.coefficient(1) == 0 && b.coefficient(0) == 0 && b.coefficient(1) == p.block &&
         b.constant == 0 && q.at[0].coefficient(1) == 1;
}

namespace {

// The only kernel that reads t, or none: it copies t, element by element, to the sum over the
// parts.
std::size_t collect_of(const program& p, int t) {
  const std::size_t none = p.kernels.size();
  std::size_t found = none;
  for (std::size_t i = 0; i < p.kernels.size(); ++i) {
    const kernel& k = p.kernels[i];
    const std::vector<int> reads = reads_of(k);
    if (std::find(reads.begin(), reads.end(), t) == reads.end()) continue;
    const bool copies = k.value->kind == op::read && k.value->index == k.at && !k.accumulate &&
                        k.outer == static_cast<int>(k.at.size()) &&
                        p.of(k.out).where == home::batch && p.of(k.out).shape == p.of(t).shape;
    if (!copies || found != none) return none;
    found = i;
  }
  return found;
}

}  // namespace

void sum_whole(program& p) {
  std::vector<std::size_t> gone;
  for (std::size_t i = 0; i < p.kernels.size(); ++i) {
    kernel& k = p.kernels[i];
    if (p.of(k.out).where != home::part || k.accumulate || !is_rows_of_samples(p, k)) continue;
    const std::size_t copies =
        p.layouts[static_cast<std::size_t>(k.out)].floats * static_cast<std::size_t>(p.parts());
    const std::size_t collect = collect_of(p, k.out);
    if (copies * sizeof(float) <= p.on.partial_sums || collect == p.kernels.size()) continue;
    k.out = p.kernels[collect].out;
    gone.push_back(collect);
  }
  std::sort(gone.begin(), gone.end());
  for (std::size_t i = gone.size(); i-- > 0;)
    p.kernels.erase(p.kernels.begin() + static_cast<std::ptrdiff_t>(gone[i]));
}

}  // namespace tenon::codegen
