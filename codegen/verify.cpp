#include "codegen/verify.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "codegen/bounds.hpp"
#include "codegen/passes/lifetimes.hpp"
#include "codegen/passes/rows_of_samples.hpp"

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

  // The one way past the parts: see sum_whole.
  bool sums_whole(const kernel& k) const {
    if (p.of(k.out).where != home::batch || p.layouts.empty()) return false;
    if (p.schedules.empty()) return is_rows_of_samples(p, k);
    return p.schedules[static_cast<std::size_t>(&k - p.kernels.data())].when == stage::whole;
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
      for (const node* n : in_order(k.value)) {
        if (n->kind != op::table) continue;
        const range r = range_of(n->index.at(0), k.extents);
        if (r.low < 0 || r.high >= static_cast<int>(n->numbers.size()))
          fail(k, "reads beyond the end of a table");
      }
      int reductions = 0;
      for (const node* n : in_order(k.value)) reductions += is_reduction(n->kind);
      if (reductions > 1) fail(k, "holds more than one reduction");
      if (reductions == 1 && draws(k.value)) fail(k, "draws random numbers beside a reduction");
      if (p.of(k.out).where == home::part && inner != home::sample)
        fail(k, "writes a part tensor without reading samples");
      if (p.of(k.out).where < home::part && inner == home::sample && !sums_whole(k))
        fail(k, "sums samples without parts");
      written[static_cast<std::size_t>(k.out)] = true;
    }
  }

  // The kernels of a strip stand together, take equally many steps, and read of each other what the
  // same step has written.
  void strips() const {
    for (std::size_t i = 0; i < p.kernels.size(); ++i) {
      const kernel& k = p.kernels[i];
      if (k.strip < 0) continue;
      if (k.outer == 0) fail(k, "belongs to a strip and has no axis to cut");
      for (std::size_t j = 0; j < p.kernels.size(); ++j) {
        const kernel& other = p.kernels[j];
        if (j == i) continue;
        if (other.strip == k.strip)
          in_turns(i, j);
        else
          outside(other, k);
      }
    }
  }
  void in_turns(std::size_t i, std::size_t j) const {
    const kernel &k = p.kernels[i], &other = p.kernels[j];
    if (k.extents[0] != other.extents[0]) fail(k, "takes other steps than " + other.name);
    for (std::size_t between = std::min(i, j); between < std::max(i, j); ++between) {
      if (p.kernels[between].strip != k.strip) fail(k, "does not stand beside " + other.name);
    }
    if (!p.schedules.empty() && p.schedules[i].phase != p.schedules[j].phase)
      fail(k, "runs in another phase than " + other.name);
    for_each_read(other.value, [&](const node& n) {
      if (n.tensor != k.out) return;
      bool same_step = false;
      for (std::size_t d = 0; d < n.index.size(); ++d)
        same_step = same_step || (n.index[d] == affine(axis{0, 0}) && k.at[d] == n.index[d]);
      if (!same_step) fail(other, "reads other steps of " + p.of(k.out).name + " than its own");
    });
  }
  void outside(const kernel& k, const kernel& of_strip) const {
    if (p.layouts.empty() || p.layouts[static_cast<std::size_t>(of_strip.out)].strip < 0) return;
    const std::vector<int> reads = reads_of(k);
    if (k.out == of_strip.out || std::find(reads.begin(), reads.end(), of_strip.out) != reads.end())
      fail(k, "touches " + p.of(of_strip.out).name + ", of which one step exists at a time");
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
  c.strips();
  c.memory();
}

}  // namespace tenon::codegen
