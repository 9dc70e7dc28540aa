#include "codegen/verify.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "codegen/bounds.hpp"
#include "codegen/passes/lifetimes.hpp"

namespace tenon::codegen {
namespace {

struct checker {
  const program& p;
  std::string_view after;

  [[noreturn]] void fail(const kernel& k, const std::string& what) const {
    throw internal_bug(fmt::format("after {}: kernel {} {}", after, k.name, what));
  }

  void index(const kernel& k, int id, const std::vector<affine>& index, bool write) const {
    if (id < 0 || id >= static_cast<int>(p.tensors.size()))
      fail(k, "names a tensor that does not exist");
    const tensor& t = p.of(id);
    if (static_cast<int>(index.size()) != t.shape.rank)
      fail(k, "indexes " + t.name + " with a wrong number of indices");
    for (int d = 0; d < t.shape.rank; ++d) {
      const affine& a = index[static_cast<std::size_t>(d)];
      for (const affine::term& term : a.terms) {
        if (term.axis < 0 || term.axis >= static_cast<int>(k.extents.size()))
          fail(k, "uses an axis that it does not have");
        if (write && term.axis >= k.outer) fail(k, "writes along a reduced axis");
      }
      const range r = range_of(a, k.extents);
      if (write && (r.low < 0 || r.high >= t.shape[d])) fail(k, "writes outside " + t.name);
      if (!write && !p.layouts.empty() && (t.where == home::sample || t.where == home::part)) {
        const layout& l = p.layouts[static_cast<std::size_t>(id)];
        if (l.before.empty()) continue;
        if (r.low < -l.before[static_cast<std::size_t>(d)] ||
            r.high >= t.shape[d] + l.after[static_cast<std::size_t>(d)])
          fail(k, "reads beyond the halo of " + t.name);
      }
    }
  }

  void order() const {
    std::vector<bool> written(p.tensors.size());
    for (std::size_t i = 0; i < p.tensors.size(); ++i) {
      const role r = p.tensors[i].what;
      written[i] = r == role::input || r == role::target || r == role::sample_weight ||
                   r == role::parameter || r == role::buffer;
    }
    for (const kernel& k : p.kernels) {
      home inner = home::parameter;
      for_each_read(k.value, [&](const node& n) {
        index(k, n.tensor, n.index, false);
        if (!written[static_cast<std::size_t>(n.tensor)])
          fail(k, "reads " + p.of(n.tensor).name + " before it is written");
        inner = std::max(inner, p.of(n.tensor).where);
      });
      index(k, k.out, k.at, true);
      int reductions = 0;
      for (const node* n : in_order(k.value)) reductions += is_reduction(n->kind);
      if (reductions > 1) fail(k, "holds more than one reduction");
      if (reductions == 1 && draws(k.value)) fail(k, "draws random numbers beside a reduction");
      if (p.of(k.out).where == home::part && inner != home::sample)
        fail(k, "writes a part tensor without reading samples");
      if (p.of(k.out).where < home::part && inner == home::sample)
        fail(k, "sums samples without parts");
      written[static_cast<std::size_t>(k.out)] = true;
    }
  }

  void memory() const {
    if (p.storages.empty()) return;
    const std::vector<lifetime> lives = lifetimes_of(p);
    for (std::size_t a = 0; a < p.tensors.size(); ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        const storage &x = p.storages[a], &y = p.storages[b];
        if (x.where == region::none || x.where != y.where) continue;
        if (lives[a].last < lives[b].first || lives[b].last < lives[a].first) continue;
        if (x.offset < y.offset + p.layouts[b].floats && y.offset < x.offset + p.layouts[a].floats)
          throw internal_bug(fmt::format("after {}: {} and {} live in the same place", after,
                                         p.tensors[a].name, p.tensors[b].name));
      }
    }
  }
};

}  // namespace

void verify(const program& p, std::string_view after) {
  const checker c{p, after};
  c.order();
  c.memory();
}

}  // namespace tenon::codegen
