// A kernel that only lays a tensor out flat (or unflattens it) disappears: whoever reads or writes
// the flat tensor along a whole axis gets that axis split into those of the shaped one. Needs no
// contiguous memory: it is arithmetic on indices.
#include <algorithm>

#include "codegen/passes.hpp"

namespace tenon::codegen {
namespace {

struct view {
  std::size_t kernel;
  int shaped, flat;  // tensors
};

// `index` is one plain axis per dimension, in order, each over the whole dimension.
bool covers(const std::vector<affine>& index, const kernel& k, const dims& shape) {
  if (static_cast<int>(k.extents.size()) != shape.rank) return false;
  for (int d = 0; d < shape.rank; ++d) {
    const affine& a = index[static_cast<std::size_t>(d)];
    if (a != affine(axis{d, 0}) || k.extents[static_cast<std::size_t>(d)] != shape[d]) return false;
  }
  return true;
}

affine row_major(const dims& shape) {
  affine a;
  for (int d = 0; d < shape.rank; ++d) a = shape[d] * a + affine(axis{d, 0});
  return a;
}

// Whether k is shaped -> flat or flat -> shaped, element by element in row-major order.
bool is_view(const program& p, std::size_t i, view& v) {
  const kernel& k = p.kernels[i];
  if (k.value->kind != op::read || k.value->number != 0 || k.accumulate) return false;
  const node& r = *k.value;
  const tensor &from = p.of(r.tensor), &to = p.of(k.out);
  if (from.where != to.where || from.shape.count() != to.shape.count()) return false;
  if (to.shape.rank == 1 && covers(r.index, k, from.shape) && k.at[0] == row_major(from.shape)) {
    v = {i, r.tensor, k.out};
    return to.what == role::intermediate;
  }
  if (from.shape.rank == 1 && covers(k.at, k, to.shape) && r.index[0] == row_major(to.shape)) {
    v = {i, k.out, r.tensor};
    return from.what == role::intermediate;
  }
  return false;
}

// The axis along which k touches the flat tensor, -1: not at all, -2: not along one whole axis.
int flat_axis(const program& p, const kernel& k, int flat) {
  int found = -1;
  const auto look = [&](const std::vector<affine>& index) {
    const affine& a = index[0];
    const bool plain = a.constant == 0 && a.terms.size() == 1 && a.terms[0].coefficient == 1 &&
                       k.extents[static_cast<std::size_t>(a.terms[0].axis)] == p.of(flat).shape[0];
    const int here = plain ? a.terms[0].axis : -2;
    found = found == -1 || found == here ? here : -2;
  };
  if (k.out == flat) look(k.at);
  for_each_read(k.value, [&](const node& n) {
    if (n.tensor == flat) look(n.index);
  });
  return found;
}

// Splits one axis of k into those of `shape`, and reads and writes `shaped` instead of `flat`.
void split_axis(kernel& k, int split, const dims& shape, int shaped, int flat) {
  const int more = shape.rank - 1;
  std::vector<affine> to;
  std::vector<affine> parts;
  affine whole;
  for (int d = 0; d < shape.rank; ++d) {
    parts.emplace_back(axis{split + d, 0});
    whole = shape[d] * whole + parts.back();
  }
  for (int i = 0; i < static_cast<int>(k.extents.size()); ++i)
    to.push_back(i == split ? whole : affine(axis{i < split ? i : i + more, 0}));
  const bool writes = k.out == flat;
  k.value = rewrite(k.value, [&](node n) {
    if (n.kind == op::read && n.tensor == flat) {
      n.tensor = shaped;
      n.index = parts;
      return expr(std::move(n));
    }
    for (affine& a : n.index) a = substitute(a, to);
    std::vector<axis> axes;
    for (const axis& a : n.axes) {
      if (a.id != split)
        axes.push_back({to[static_cast<std::size_t>(a.id)].terms[0].axis, a.extent});
      else
        for (int d = 0; d < shape.rank; ++d) axes.push_back({split + d, shape[d]});
    }
    n.axes = std::move(axes);
    return expr(std::move(n));
  });
  for (affine& a : k.at) a = substitute(a, to);
  if (writes) k.at = parts, k.out = shaped;
  const auto place = k.extents.begin() + split;
  k.extents.insert(k.extents.erase(place), shape.size, shape.size + shape.rank);
  if (split < k.outer) k.outer += more;
}

bool drop_one(program& p) {
  for (std::size_t i = 0; i < p.kernels.size(); ++i) {
    view v{};
    if (!is_view(p, i, v)) continue;
    bool possible = true;
    for (std::size_t j = 0; j < p.kernels.size(); ++j)
      possible = possible && (j == i || flat_axis(p, p.kernels[j], v.flat) != -2);
    if (!possible) continue;
    for (std::size_t j = 0; j < p.kernels.size(); ++j) {
      const int a = j == i ? -1 : flat_axis(p, p.kernels[j], v.flat);
      if (a >= 0) split_axis(p.kernels[j], a, p.of(v.shaped).shape, v.shaped, v.flat);
    }
    p.kernels.erase(p.kernels.begin() + static_cast<std::ptrdiff_t>(i));
    return true;
  }
  return false;
}

}  // namespace

void drop_moves(program& p) {
  while (drop_one(p)) {
  }
}

}  // namespace tenon::codegen
