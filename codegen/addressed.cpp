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

// The same with `lane` counting panels, and the step from lane to lane.
std::vector<affine> address_of_panels(const program& p, int tensor, std::vector<affine> index,
                                      int lane) {
  const layout& l = p.layouts.at(static_cast<std::size_t>(tensor));
  int step = 0;
  for (std::size_t d = 0; d < index.size(); ++d) {
    affine& i = index[d];
    const int lanes = i.coefficient(lane);
    if (!l.panels || static_cast<int>(d) != l.lanes) {
      step += lanes * static_cast<int>(l.stride[d]);
      i.add(lane, (panel - 1) * lanes);
      continue;
    }
    step += lanes;
    affine at(i.constant / panel);
    bool whole = lanes == 1 && i.constant % panel == 0;
    for (const affine::term& t : i.terms) {
      whole = whole && (t.axis == lane || t.coefficient % panel == 0);
      at.add(t.axis, t.axis == lane ? 1 : t.coefficient / panel);
    }
    if (!whole) throw internal_bug("panels of " + p.of(tensor).name + " are not read as such");
    i = at;
  }
  return {address(p, tensor, index), step * affine(axis{lane, 0})};
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
  const int lane = lane_axis_of(p, k);
  const auto addresses = [&](int tensor, const std::vector<affine>& index) {
    if (lane >= 0) return address_of_panels(p, tensor, index, lane);
    return std::vector<affine>{address(p, tensor, index)};
  };
  out.at = addresses(k.out, k.at);
  out.value = rewrite(k.value, [&](node n) {
    if (n.kind == op::read) n.index = addresses(n.tensor, n.index);
    return expr(std::move(n));
  });
  if (lane >= 0) {
    int& extent = out.extents[static_cast<std::size_t>(lane)];
    extent = panels_of(extent);
  }
  // A first maximum counts positions over its axes as they stand: row-major, so merging changes
  // nothing. The axis of panels is never merged: the step from lane to lane is a multiple of it.
  for (int i = static_cast<int>(out.extents.size()) - 2; i >= 0; --i) {
    if (mergeable(out, i)) merge(out, i);
  }
  return out;
}

int panel_axis_of(const kernel& addressed) {
  return addressed.at.size() < 2 ? -1 : addressed.at[1].terms.front().axis;
}

bool last_panel_fits(const program& p, const kernel& k) {
  const int lane = lane_axis_of(p, k);
  const layout& l = p.layouts[static_cast<std::size_t>(k.out)];
  const int extent = lane < 0 ? 0 : k.extents[static_cast<std::size_t>(lane)];
  if (extent % panel == 0) return true;
  const std::size_t d = static_cast<std::size_t>(l.lanes);
  return k.at[d] == affine(axis{lane, 0}) && extent == p.of(k.out).shape[l.lanes] &&
         l.before[d] == 0 && l.after[d] == 0;
}

int lane_step_of(const node& read) {
  if (read.index.size() < 2 || read.index[1].terms.empty()) return 0;
  return read.index[1].terms.front().coefficient;
}

}  // namespace tenon::codegen
