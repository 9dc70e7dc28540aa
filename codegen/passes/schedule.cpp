// Settles for each kernel when it runs (prepare, a block phase, collect, renew), which axis fills
// the vectors, and the register tile. Tiles hold at most 12 accumulators: with three operands
// beside them they fill the 16 registers of AVX2, and 8 are enough to hide the latency of an FMA (4
// cycles on two ports). They depend on shapes alone.
#include <algorithm>
#include <limits>

#include "codegen/addressed.hpp"
#include "codegen/passes.hpp"
#include "codegen/passes/loop_order.hpp"
#include "codegen/passes/rows_of_samples.hpp"
#include "codegen/passes/split_single.hpp"
#include "codegen/passes/tile_cost.hpp"
#include "codegen/transform.hpp"

namespace tenon::codegen {
namespace {

// The size of tiles that cut `extent` most evenly with at most `most` in each.
int even_tile(int extent, int most) {
  const int tiles = (extent + most - 1) / most;
  for (int t = std::min(extent, most); 4 * t >= 3 * std::min(extent, most) && t > 1; --t) {
    if (extent % t == 0) return t;
  }
  return (extent + tiles - 1) / tiles;
}

bool touches(const node& read, int axis_id) { return read.index[0].coefficient(axis_id) != 0; }

// An output axis along which `moving` moves and `fixed` stays: its values share what is loaded of
// `fixed`.
int shared_axis(const kernel& q, const node& moving, const node& fixed, bool innermost) {
  int best = -1;
  for (int a = 0; a < q.outer; ++a) {
    if (!touches(moving, a) || touches(fixed, a) || (a == 0 && q.strip >= 0)) continue;
    const int extent = q.extents[static_cast<std::size_t>(a)];
    if (best < 0 || innermost ||
        std::min(extent, 4) > std::min(q.extents[static_cast<std::size_t>(best)], 4))
      best = a;
  }
  return best;
}

int extent_of(const kernel& q, int axis_id) {
  return axis_id < 0 ? 1 : q.extents[static_cast<std::size_t>(axis_id)];
}

void tile(const kernel& q, schedule& s, int row_axis, int rows, int column_axis, int columns) {
  s.row_axis = row_axis, s.column_axis = column_axis;
  s.rows = row_axis < 0 ? 1 : even_tile(extent_of(q, row_axis), rows);
  s.columns = column_axis < 0 ? 1 : even_tile(extent_of(q, column_axis), columns);
}

// The tile that cuts the extents of its two axes at the lowest cost: 5 x 2 for 25 channels over 10
// positions.
void best_tile(const kernel& q, schedule& s, int row_axis, int column_axis) {
  const int row_extent = extent_of(q, row_axis), column_extent = extent_of(q, column_axis);
  s.row_axis = row_axis, s.column_axis = column_axis;
  long best = std::numeric_limits<long>::max();
  for (int rows = 1; rows <= std::min(row_extent, most_accumulators); ++rows) {
    for (int columns = 1; columns <= std::min(column_extent, most_accumulators / rows); ++columns) {
      const long cost = cut_cost(row_extent, column_extent, rows, columns);
      if (cost >= best) continue;
      best = cost, s.rows = rows, s.columns = columns;
    }
  }
}

// One column of 8 to 12 rows, or 0 rows where there are fewer. The FMA itself broadcasts a weight
// that is used once; with several columns GCC reads the samples again for each row, and full
// vectors take two of the load ports where a weight takes one. Sums over 16 or 32 channels, from
// L1: 98 instead of 74 and 79 % of the peak with 4 x 3, 92 and 94 with 8 x 2.
int tall_tile(int extent) {
  constexpr int least = 8;
  for (int rows = least; rows <= most_accumulators; ++rows) {
    if (extent % rows == 0) return rows;
  }
  return extent < least ? 0 : even_tile(extent, most_accumulators);
}

// Weights times samples: rows share the samples' loads, columns (positions) share the broadcast
// weights. Axes that both move along go around the tiles: positions of a transform, groups of
// channels.
void tile_contract(const kernel& q, schedule& s, const node& weights, const node& samples) {
  const int row = shared_axis(q, weights, samples, false);
  for (int a = 0; a < q.outer && a < 32; ++a) {
    if (touches(weights, a) && touches(samples, a)) s.around |= 1u << a;
  }
  const bool broadcast = lane_step_of(weights) == 0;
  const int tall = s.around != 0 && row >= 0 && broadcast ? tall_tile(extent_of(q, row)) : 0;
  if (tall > 0)
    s.row_axis = row, s.rows = tall;
  else
    best_tile(q, s, row, shared_axis(q, samples, weights, true));
}

// The axis of kernel rows above the taps of `column`, where all taps of a small kernel fit one
// tile: 2 x (3 x 3) sums take each value of x from L2 once for nine taps, 4 x 3 take it three times
// and wait for L2 (74 instead of 95 % of the peak). On targets with 16 registers a few of the 18
// accumulators spill, which costs less than that.
int plane_of(const kernel& q, const node& a, const node& b, int column) {
  constexpr int most_taps = 9;
  const int plane = column - 1;
  if (plane < 0 || !touches(b, plane) || touches(a, plane)) return -1;
  const int taps = extent_of(q, plane) * extent_of(q, column);
  return extent_of(q, plane) > 1 && extent_of(q, column) > 1 && taps <= most_taps &&
                 extent_of(q, column) <= 3
             ? plane
             : -1;
}

// Samples times samples, summed. Columns are taps of one kernel row where there are enough: they
// share the cache lines of x. Three taps are not (61 instead of 73 % of the peak, 25 channels):
// input channels cut into fuller tiles.
void tile_sums(const kernel& q, schedule& s, const node& a, const node& b) {
  const int row = shared_axis(q, a, b, false);
  const int taps = shared_axis(q, b, a, true);
  if (const int plane = plane_of(q, a, b, taps); plane >= 0) {
    s.row_axis = row, s.column_axis = taps, s.plane_axis = plane;
    s.planes = extent_of(q, plane), s.columns = extent_of(q, taps);
    s.rows = std::min(2, extent_of(q, row));
    return;
  }
  best_tile(q, s, row, extent_of(q, taps) > 3 ? taps : shared_axis(q, b, a, false));
}

// Whatever is no product takes its panels side by side: they lie next to each other.
void tile_panels(const kernel& q, schedule& s) {
  constexpr int most_panels = 4;
  s.column_axis = panel_axis_of(q);
  if (s.column_axis >= 0) s.columns = even_tile(extent_of(q, s.column_axis), most_panels);
}

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
      tile_contract(q, s, weights, samples);
      s.columns_outermost =
          !p_.single && s.around == 0 && better_by_columns(p_, q, weights, samples, s);
      return;
    }
    if (product && of_sample(f.a) && of_sample(f.b)) {
      if (is_rows_of_samples(p_, k)) {
        s.vectors = vector_axis::rows;
        s.row_axis = 0, s.rows = even_tile(extent_of(q, 0), most_accumulators);
        return;
      }
      return tile_sums(q, s, *f.a, *f.b);
    }
    if (q.outer > 0) tile(q, s, q.outer - 1, 4, -1, 1);
  }

  void choose_whole(const kernel& k, schedule& s) const {
    const kernel q = addressed(p_, k);
    s.when = stage::whole, s.vectors = vector_axis::rows;
    s.row_axis = 0, s.rows = tiles_ ? even_tile(extent_of(q, 0), most_accumulators) : 1;
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
