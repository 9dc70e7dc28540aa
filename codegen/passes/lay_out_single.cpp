// Where elements lie when one sample is computed at a time. One dimension of each tensor, `lanes`,
// is innermost, as samples are in blocks: [height][width][channels], or [channels][height][width]
// where rows fill vectors better than a few channels do. It is rounded up to panels of 16, so that
// vectors may write a little further; what they write there is read by nobody but vectors of the
// same kind. Weights that vary along the lanes become [outputs / 16][the others][16], so that a
// kernel reads them once, from end to end.
#include "codegen/passes/lay_out_single.hpp"

#include <algorithm>
#include <utility>

#include "codegen/transform.hpp"

namespace tenon::codegen {
namespace {

constexpr double gather = 24;     // cycles, against one of a load
constexpr int set_stride = 1024;  // floats: addresses 4 KB apart share cache sets

constexpr int round_up(int n, int to) { return (n + to - 1) / to * to; }

// Floats of a row of lanes; never a multiple of 4 KB.
int lane_row(int extent) {
  const int row = round_up(extent, panel);
  return row % set_stride == 0 ? row + panel : row;
}

class layouts_of_single {
 public:
  explicit layouts_of_single(program& p) : p_(p) {}

  void run() {
    of(p_.input).lanes = p_.of(p_.input).shape.rank - 1;  // the caller's order, to begin with
    place(p_.input);
    for (const kernel& k : p_.kernels) {  // what k reads has been placed
      if (p_.of(k.out).where == home::sample && !is_placed(k.out))
        choose_lanes(k.out), place(k.out);
    }
    settle_input();
    place(p_.input);
    for (std::size_t i = 0; i < p_.kernels.size(); ++i) lay_out_weights(i);
  }

 private:
  layout& of(int id) { return p_.layouts[static_cast<std::size_t>(id)]; }
  const layout& of(int id) const { return p_.layouts[static_cast<std::size_t>(id)]; }

  bool is_placed(int id) const { return of(id).floats > 0; }

  // Channels innermost, or, where there are few of them, the columns of a row. What has four
  // dimensions (positions of a transform, then channels) is nobody's picture: any may be innermost.
  void choose_lanes(int id) {
    const int last = p_.of(id).shape.rank - 1;
    int best = last < 0 ? -1 : 0;
    double least = 0;
    for (int lanes = 0; lanes <= last; ++lanes) {
      if (lanes > 0 && lanes < last && last < 3) continue;
      of(id).lanes = lanes;
      double cost = 0;
      for (const kernel& k : p_.kernels) {
        if (k.out == id) cost += cost_of(k);
        if (lanes > 0 && last < 3 && is_transformed(k, id)) cost += gather;
      }
      if (lanes == 0 || cost < least) best = lanes, least = cost;
    }
    of(id).lanes = best;
  }

  // Whether k takes windows of a tensor to their transforms, whose lanes are channels.
  static bool is_transformed(const kernel& k, int id) {
    const std::optional<transform> t = transform_of(k);
    return t && t->read->tensor == id;
  }

  // Vectors for one element, and what their reads of other samples' tensors cost, in cycles or so.
  double cost_of(const kernel& k) const {
    constexpr double alone = 2 * gather, even = 2;
    constexpr double never = 1e9;  // a transform whose tables have no rows or columns left to run along
    const int lane = lane_axis_of(p_, k);
    if (lane < 0) return transform_of(k) ? never : alone;
    const int extent = k.extents[static_cast<std::size_t>(lane)];
    double reads = 1;
    for_each_read(k.value, [&](const node& n) {
      if (p_.of(n.tensor).where != home::sample || !is_placed(n.tensor)) return;
      // Channels of the input lie innermost where they are taken together.
      const bool channels = n.tensor == p_.input && n.index[0].coefficient(lane) == 1;
      const int step = channels ? 1 : std::abs(step_of(n, lane));
      reads += step < 2 ? 0 : step == 2 ? even : gather;
    });
    return reads * panels_of(extent) * panel / extent;
  }
  int step_of(const node& n, int lane) const {
    int step = 0;
    for (std::size_t d = 0; d < n.index.size(); ++d)
      step += static_cast<int>(of(n.tensor).stride[d]) * n.index[d].coefficient(lane);
    return step;
  }

  // Where kernels only broadcast the input it is not even copied, if nobody reads beyond its
  // borders; where many channels are taken together they lie innermost.
  void settle_input() {
    layout& l = of(p_.input);
    const int last = p_.of(p_.input).shape.rank - 1;
    bool vectors = false, channels = false;
    for (const kernel& k : p_.kernels) {
      const int lane = lane_axis_of(p_, k);
      for_each_read(k.value, [&](const node& n) {
        if (n.tensor != p_.input || lane < 0) return;
        for (int d = 0; d <= last; ++d) {
          if (n.index[static_cast<std::size_t>(d)].coefficient(lane) == 0) continue;
          vectors = true, channels = channels || d == 0;
        }
      });
    }
    const auto none = [](const std::vector<int>& halo) {
      return std::all_of(halo.begin(), halo.end(), [](int h) { return h == 0; });
    };
    l.lanes = channels ? 0 : last;
    l.callers = !vectors && none(l.before) && none(l.after);
  }

  void place(int id) {
    layout& l = of(id);
    const dims& shape = p_.of(id).shape;
    l.stride.assign(static_cast<std::size_t>(shape.rank), 0), l.origin = 0;
    const auto step_over = [&](int d, int stride) {
      const std::size_t at = static_cast<std::size_t>(d);
      l.stride[at] = stride, l.origin += stride * l.before[at];
      return shape[d] + l.before[at] + l.after[at];
    };
    int stride = 1;
    if (l.lanes >= 0) {
      stride = step_over(l.lanes, 1);
      if (id != p_.input || l.lanes != shape.rank - 1) stride = lane_row(stride);
    }
    for (int d = shape.rank - 1; d >= 0; --d) {
      if (d != l.lanes) stride *= step_over(d, stride);
    }
    l.floats = static_cast<std::size_t>(round_up(stride, panel));
  }

  // How a kernel would like a parameter to lie: along dimension `lanes`, in panels where all of its
  // reads begin at multiples of 16.
  struct order {
    int lanes = -1;
    bool panels = true;
    friend bool operator==(const order&, const order&) = default;
  };
  order wanted(const kernel& k, int parameter) const {
    order o;
    const int lane = lane_axis_of(p_, k);
    bool fits = lane >= 0;
    for_each_read(k.value, [&](const node& n) {
      if (n.tensor != parameter || !fits) return;
      int moving = -1, count = 0;
      for (std::size_t d = 0; d < n.index.size(); ++d) {
        if (n.index[d].coefficient(lane) != 0) moving = static_cast<int>(d), ++count;
      }
      fits = count == 1 && (o.lanes < 0 || o.lanes == moving) &&
             n.index[static_cast<std::size_t>(moving)].coefficient(lane) == 1;
      if (!fits) return;
      o.lanes = moving;
      const affine& at = n.index[static_cast<std::size_t>(moving)];
      o.panels = o.panels && at.constant % panel == 0 &&
                 std::all_of(at.terms.begin(), at.terms.end(), [&](const affine::term& t) {
                   return t.axis == lane || t.coefficient % panel == 0;
                 });
    });
    // Rows of lanes already.
    if (fits && of(parameter).stride[static_cast<std::size_t>(o.lanes)] == 1 &&
        !of(parameter).panels)
      return {};
    return fits ? o : order{};
  }

  layout ordered(const dims& shape, order o) const {
    layout l;
    l.lanes = o.lanes, l.panels = o.panels;
    l.before.assign(static_cast<std::size_t>(shape.rank), 0), l.after = l.before;
    l.stride.assign(static_cast<std::size_t>(shape.rank), 1);
    int stride = o.panels ? panel : lane_row(shape[o.lanes]);
    for (int d = shape.rank - 1; d >= 0; --d) {
      if (d == o.lanes) continue;
      l.stride[static_cast<std::size_t>(d)] = stride;
      stride *= shape[d];
    }
    if (o.panels) {
      l.stride[static_cast<std::size_t>(o.lanes)] = stride;
      stride *= panels_of(shape[o.lanes]);
    }
    l.floats = static_cast<std::size_t>(stride);
    return l;
  }

  void lay_out_weights(std::size_t& i) {
    if (p_.of(p_.kernels[i].out).where != home::sample) return;
    for (int id : reads_of(p_.kernels[i])) {
      if (p_.of(id).where != home::parameter || p_.of(id).shape.rank == 0) continue;
      const order o = wanted(p_.kernels[i], id);
      if (o.lanes < 0 || (of(id).lanes == o.lanes && of(id).panels == o.panels)) continue;
      if (computed_in(id, o))
        of(id) = ordered(p_.of(id).shape, o);
      else
        copy(i, id, o);
    }
  }

  // What is computed from parameters, for kernels like this one alone, is written in their order.
  bool computed_in(int id, order o) const {
    if (p_.of(id).what != role::intermediate || of(id).lanes >= 0) return false;
    int writers = 0;
    for (const kernel& k : p_.kernels) {
      if (k.out == id) {
        const affine& at = k.at[static_cast<std::size_t>(o.lanes)];
        const bool whole = at.constant == 0 && at.terms.size() == 1 && at.terms[0].coefficient == 1;
        if (!whole || ++writers > 1) return false;
      }
      const std::vector<int> reads = reads_of(k);
      if (std::find(reads.begin(), reads.end(), id) == reads.end()) continue;
      if (p_.of(k.out).where != home::sample || wanted(k, id) != o) return false;
    }
    return true;
  }

  // An earlier copy in the same order, or a new one, written before kernel i.
  void copy(std::size_t& i, int id, order o) {
    const auto made = std::find_if(copies_.begin(), copies_.end(), [&](const auto& c) {
      return c.first == id && of(c.second).lanes == o.lanes && of(c.second).panels == o.panels;
    });
    int ordered_copy = made == copies_.end() ? -1 : made->second;
    if (ordered_copy < 0) {
      ordered_copy = add_copy(id, o);
      kernel move{
          .name = p_.of(ordered_copy).name, .layer = p_.kernels[i].layer, .out = ordered_copy};
      std::replace(move.name.begin(), move.name.end(), '.', '_');
      const dims& shape = p_.of(id).shape;
      for (int d = 0; d < shape.rank; ++d) {
        move.at.emplace_back(axis{d, 0});
        move.extents.push_back(shape[d]);
      }
      move.outer = shape.rank;
      move.value = expr(node{.kind = op::read, .tensor = id, .index = move.at});
      move.note = "in the order in which single samples read it";
      p_.kernels.insert(p_.kernels.begin() + static_cast<std::ptrdiff_t>(i), std::move(move));
      ++i;
    }
    p_.kernels[i].value = rewrite(p_.kernels[i].value, [&](node n) {
      if (n.kind == op::read && n.tensor == id) n.tensor = ordered_copy;
      return expr(std::move(n));
    });
  }

  int add_copy(int id, order o) {
    tensor t = p_.of(id);
    t.name += o.panels ? "_panels" : "_lanes";
    t.what = role::intermediate;
    p_.layouts.push_back(ordered(t.shape, o));
    p_.tensors.push_back(std::move(t));
    copies_.emplace_back(id, static_cast<int>(p_.tensors.size()) - 1);
    return copies_.back().second;
  }

  program& p_;
  std::vector<std::pair<int, int>> copies_;
};

}  // namespace

void lay_out_single(program& p) { layouts_of_single(p).run(); }

}  // namespace tenon::codegen
