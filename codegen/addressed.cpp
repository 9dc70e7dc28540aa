#include "codegen/addressed.hpp"

#include <algorithm>

namespace tenon::codegen {
namespace {

affine address(const program& p, int tensor, const std::vector<affine>& index) {
  const layout& l = p.layouts.at(static_cast<std::size_t>(tensor));
  affine a(static_cast<int>(l.origin));
  for (std::size_t d = 0; d < index.size(); ++d) a = a + static_cast<int>(l.stride[d]) * index[d];
  return a;
}

void for_each_index(kernel& k, const std::function<void(affine&)>& f) {
  for (affine& a : k.at) f(a);
  k.value = rewrite(k.value, [&](node n) {
    for (affine& a : n.index) f(a);
    return expr(std::move(n));
  });
}

// Axes i and i + 1 are one where each index steps by extent(i + 1) times as much along i.
bool mergeable(kernel& k, int i) {
  if (i + 1 == k.outer || (i == 0 && k.strip >= 0)) return false;
  const int inner = k.extents[static_cast<std::size_t>(i) + 1];
  bool ok = true;
  for_each_index(k,
                 [&](affine& a) { ok = ok && a.coefficient(i) == inner * a.coefficient(i + 1); });
  return ok;
}

void merge(kernel& k, int i) {
  const std::size_t at = static_cast<std::size_t>(i);
  const int extent = k.extents[at] * k.extents[at + 1];
  std::vector<affine> to;
  for (int a = 0; a < static_cast<int>(k.extents.size()); ++a)
    to.push_back(a == i ? affine(0) : affine(axis{a > i ? a - 1 : a, 0}));
  k.extents.erase(k.extents.begin() + i);
  k.extents[at] = extent;
  if (i < k.outer) --k.outer;
  for (affine& a : k.at) a = substitute(a, to);
  k.value = rewrite(k.value, [&](node n) {
    for (affine& a : n.index) a = substitute(a, to);
    std::vector<axis> axes;
    for (const axis& a : n.axes) {
      if (a.id == i) continue;
      const int id = a.id > i ? a.id - 1 : a.id;
      axes.push_back({id, k.extents[static_cast<std::size_t>(id)]});
    }
    n.axes = std::move(axes);
    return expr(std::move(n));
  });
}

}  // namespace

kernel addressed(const program& p, const kernel& k) {
  kernel out = k;
  out.at = {address(p, k.out, k.at)};
  out.value = rewrite(k.value, [&](node n) {
    if (n.kind == op::read) n.index = {address(p, n.tensor, n.index)};
    return expr(std::move(n));
  });
  // A first maximum counts positions over its axes as they stand: row-major, so merging changes
  // nothing.
  for (int i = static_cast<int>(out.extents.size()) - 2; i >= 0; --i) {
    if (mergeable(out, i)) merge(out, i);
  }
  return out;
}

}  // namespace tenon::codegen
