// Settles for each kernel when it runs (prepare, a block phase, collect, renew), which axis fills
// the vectors, and, by tiles.hpp, the register tile. All of it depends on shapes alone.
#include <algorithm>

#include "codegen/addressed.hpp"
#include "codegen/passes.hpp"
#include "codegen/passes/loop_order.hpp"
#include "codegen/passes/rows_of_samples.hpp"
#include "codegen/passes/split_single.hpp"
#include "codegen/passes/tile_cost.hpp"
#include "codegen/passes/tiles.hpp"
#include "codegen/passes/together.hpp"
#include "codegen/transform.hpp"

namespace tenon::codegen {
namespace {

class scheduling {
 public:
  scheduling(program& p, bool tiles) : p_(p), tiles_(tiles) {}

  void run() {
    p_.schedules.assign(p_.kernels.size(), {});
    for (std::size_t i = 0; i < p_.kernels.size(); ++i) {
      choose(i);
      if (p_.single)
        p_.schedules[i].split_axis = axis_to_split(addressed(p_, p_.kernels[i]), p_.schedules[i]);
    }
    for (std::size_t i = 0; i < p_.kernels.size(); ++i) add_transpose(i);
    settle_phases();
    if (p_.on.workers > 1) p_.together = groups_together(p_);
  }

 private:
  home innermost(const kernel& k) const {
    home h = home::parameter;
    for (const node* n : in_order(k.value)) {
      if (n->kind == op::read) h = std::max(h, p_.of(n->tensor).where);
      if (n->kind == op::uniform || n->kind == op::live) h = home::sample;
      if (n->kind == op::batch_size) h = std::max(h, home::batch);
    }
    return h;
  }

  void choose(std::size_t i) {
    const kernel& k = p_.kernels[i];
    schedule& s = p_.schedules[i];
    const home out = p_.of(k.out).where;
    if (out == home::batch && innermost(k) == home::sample) return choose_whole(k, s);
    if (out == home::batch || out == home::parameter) {
      s.vectors = vector_axis::none;
      s.when = out == home::batch                  ? stage::collect
               : p_.of(k.out).what == role::buffer ? stage::renew
                                                   : stage::prepare;
      return;
    }
    const kernel q = addressed(p_, k);
    const factors f = factors_of(q);
    const bool product = f.a && (form_of(k) == form::contract || out == home::part);
    if (product) {
      s.flops = 2;
      for (int e : k.extents) s.flops *= e;
    }
    const auto of_sample = [&](const node* n) { return p_.of(n->tensor).where == home::sample; };
    s.vectors = out == home::sample ? vector_axis::samples : vector_axis::sample_sums;
    if (p_.single) s.vectors = panel_axis_of(q) < 0 ? vector_axis::one_lane : vector_axis::outputs;
    if (!tiles_) return;
    if (out == home::sample) {
      if (!product || of_sample(f.a) == of_sample(f.b)) {
        if (p_.single && !transform_of(q)) tile_panels(q, s);
        return;
      }
      const node &weights = of_sample(f.a) ? *f.b : *f.a, &samples = of_sample(f.a) ? *f.a : *f.b;
      tile_contract(p_, q, s, weights, samples);
      s.staged = steps_to_stage(p_.on, q, s, weights);
      s.columns_outermost = !p_.single && p_.on.workers == 1 && s.around == 0 &&
                            better_by_columns(p_, q, weights, samples, s);
      return;
    }
    if (product && of_sample(f.a) && of_sample(f.b)) {
      if (is_rows_of_samples(p_, k)) {
        s.vectors = vector_axis::rows;
        s.row_axis = 0, s.rows = row_tile(p_, q);
        return;
      }
      return tile_sums(p_, q, s, *f.a, *f.b);
    }
    if (q.outer > 0) tile(q, s, q.outer - 1, p_.on.workers > 1 ? 1 : 4, -1, 1);
  }

  void choose_whole(const kernel& k, schedule& s) const {
    const kernel q = addressed(p_, k);
    s.when = stage::whole, s.vectors = vector_axis::rows;
    s.row_axis = 0, s.rows = tiles_ ? row_tile(p_, q) : 1;
    s.flops = 2.0 * q.extents[0] * q.extents[1];
  }

  void add_transpose(std::size_t i) {
    if (p_.schedules[i].vectors != vector_axis::rows) return;
    kernel& k = p_.kernels[i];
    const int x = factors_of(k).b->tensor;
    if (p_.layouts[static_cast<std::size_t>(x)].samples_outermost)
      return;  // done: the insertion below moved it up
    const std::string name = p_.of(x).name + "_transposed";
    int copy = -1;
    for (std::size_t t = 0; t < p_.tensors.size(); ++t) {
      if (p_.tensors[t].name == name) copy = static_cast<int>(t);
    }
    const dims shape = p_.of(x).shape;
    const bool fresh = copy < 0;
    if (fresh) {
      p_.tensors.push_back({.name = name, .where = home::sample, .shape = shape});
      copy = static_cast<int>(p_.tensors.size()) - 1;
      p_.layouts.push_back(transposed(shape, k.out));
    }
    k.value = rewrite(k.value, [&](node n) {
      if (n.kind == op::read && n.tensor == x) n.tensor = copy;
      return expr(std::move(n));
    });
    if (!fresh) return;
    kernel move{.name = name, .layer = k.layer, .out = copy};
    std::replace(move.name.begin(), move.name.end(), '.', '_');
    for (int d = 0; d < shape.rank; ++d) {
      move.at.emplace_back(axis{d, 0});
      move.extents.push_back(shape[d]);
    }
    move.outer = shape.rank;
    move.value = expr(node{.kind = op::read, .tensor = x, .index = move.at});
    p_.kernels.insert(p_.kernels.begin() + static_cast<std::ptrdiff_t>(i), move);
    p_.schedules.insert(p_.schedules.begin() + static_cast<std::ptrdiff_t>(i), schedule{});
  }

  // Rows are as long as those of the weight gradient that reads them.
  layout transposed(const dims& shape, int weight_gradient) const {
    layout l;
    l.samples_outermost = true;
    l.before.assign(static_cast<std::size_t>(shape.rank), 0);
    l.after = l.before;
    l.stride.assign(static_cast<std::size_t>(shape.rank), 1);
    for (int d = shape.rank - 2; d >= 0; --d) {
      const std::size_t at = static_cast<std::size_t>(d);
      l.stride[at] = l.stride[at + 1] * shape[d + 1];
    }
    l.floats =
        static_cast<std::size_t>(p_.layouts[static_cast<std::size_t>(weight_gradient)].stride[0]) *
        static_cast<std::size_t>(p_.block);
    return l;
  }

  // A kernel on samples that reads what was collected belongs to the phase after; kernels then
  // stand in order of phases.
  void settle_phases() {
    std::vector<int> ready(p_.tensors.size(),
                           0);  // the first phase in which a block kernel may read the tensor
    for (std::size_t i = 0; i < p_.kernels.size(); ++i) {
      const kernel& k = p_.kernels[i];
      schedule& s = p_.schedules[i];
      int phase = 0;
      for (int id : reads_of(k)) phase = std::max(phase, ready[static_cast<std::size_t>(id)]);
      const bool step = s.when != stage::block && s.when != stage::whole;
      if (step && s.when != stage::prepare) {  // collects run at the end of a phase: one less than
                                               // where they may be read
        int last = 0;
        for (int id : reads_of(k)) {
          const int r = ready[static_cast<std::size_t>(id)];
          last = std::max(last, p_.of(id).where == home::batch ? r - 1 : r);
        }
        phase = last;
      }
      if (s.when == stage::whole) ++phase;  // all blocks have to be through
      s.phase = phase;
      int& out = ready[static_cast<std::size_t>(k.out)];
      const bool after = s.when == stage::collect || s.when == stage::whole;
      out = std::max(out, after ? phase + 1 : phase);
    }
    join_strips();
    for (std::size_t i = 0; i < p_.kernels.size(); ++i) sink(i);
    std::vector<std::size_t> order(p_.kernels.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto rank = [&](std::size_t i) {
      const schedule& s = p_.schedules[i];
      if (s.when == stage::prepare) return -1;
      if (s.when == stage::renew) return 1 << 30;
      return 3 * s.phase + (s.when == stage::collect ? 2 : s.when == stage::whole ? 1 : 0);
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
    std::vector<kernel> kernels;
    std::vector<schedule> schedules;
    for (std::size_t i : order) {
      kernels.push_back(std::move(p_.kernels[i]));
      schedules.push_back(p_.schedules[i]);
    }
    p_.kernels = std::move(kernels), p_.schedules = std::move(schedules);
  }

  // The kernels of a strip run in the phase of the last of them.
  void join_strips() {
    for (std::size_t i = p_.kernels.size(); i-- > 1;) {
      const int strip = p_.kernels[i].strip;
      if (strip < 0 || p_.kernels[i - 1].strip != strip) continue;
      p_.schedules[i - 1].phase = std::max(p_.schedules[i - 1].phase, p_.schedules[i].phase);
    }
  }

  // What reads no samples (a mask, zeros) runs in the phase that first needs it, so that it need
  // not outlive others.
  void sink(std::size_t i) {
    if (p_.schedules[i].when != stage::block) return;
    for (int id : reads_of(p_.kernels[i])) {
      if (p_.of(id).where == home::sample) return;
    }
    int first = 1 << 30;
    const int out = p_.kernels[i].out;
    for (std::size_t j = 0; j < p_.kernels.size(); ++j) {
      if (j == i || p_.schedules[j].when != stage::block) continue;
      const std::vector<int> reads = reads_of(p_.kernels[j]);
      if (p_.kernels[j].out == out || std::find(reads.begin(), reads.end(), out) != reads.end())
        first = std::min(first, p_.schedules[j].phase);
    }
    if (first != 1 << 30) p_.schedules[i].phase = std::max(p_.schedules[i].phase, first);
  }

  program& p_;
  bool tiles_;
};

}  // namespace

void schedule_kernels(program& p) { scheduling(p, true).run(); }
void schedule_plain(program& p) { scheduling(p, false).run(); }

}  // namespace tenon::codegen
