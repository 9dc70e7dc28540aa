// Windows of 3 x 3 with stride 1 from fewer products. A contraction
//
//   y(o, i, j) = f(sum over (c, k, l) of w(o, c, k, l) x(c, i +- k, j +- l))
//
// becomes four kernels over tiles of m x m outputs, with n = m + 2 and n^2 positions p = n u + v:
//
//   U(p, o, c)         = sum over (k, l) of G(u, k) G(v, l) w(o, c, k, l)         of the parameters
//   V(p, c, ti, tj)    = sum over (a, b) of Bt(u, a) Bt(v, b) x(c, m ti + a, m tj + b)
//   M(p, o, ti, tj)    = sum over c of U(p, o, c) V(p, c, ti, tj)
//   y(o, m ti + a, ..) = f(sum over (u, v) of At(a, u) At(b, v) M(p, o, ti, tj))
//
// F(4, 3) takes 36 products per 16 outputs where the sum takes 144; F(2, 3) takes 16 per 4 instead
// of 36. Extents that m does not divide stay as they are, and so does what transforms would cost
// more than they save (few channels). Lavin, Gray, "Fast algorithms for convolutional neural
// networks", 2016.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "codegen/passes.hpp"
#include "codegen/passes/window.hpp"
#include "codegen/transform.hpp"

namespace tenon::codegen {
namespace {

constexpr int taps = window_taps;

int extent_of(const kernel& k, int axis_id) {
  return k.extents.at(static_cast<std::size_t>(axis_id));
}

// In units of one multiply-add on a vector, per tile of m x m outputs: products, what it takes to
// begin and end one of their sums, and the operations of the transforms and their stores. Fitted to
// 3 to 64 channels in and 8 to 64 out (measured 1.4 to 2.6 times as fast as plain sums).
double cost_of(int m, double ins, double outs) {
  constexpr double sum = 1.3;
  const double n = m + 2, step = m == 4 ? 10 : 4;
  return n * n * outs * (ins + sum) + ins * (4 * n * n + n * n) + outs * ((n + m) * step + m * m);
}

// 4, 2, or 0 where the sum is best left as it is.
int tile_of(const kernel& k, const window& w) {
  constexpr double worth = 1.25;  // more rounding and more text should buy something
  const double ins = extent_of(k, w.in), outs = extent_of(k, w.out);
  int best = 0;
  double least = 0;
  for (int m : {4, 2}) {
    if (extent_of(k, w.rows.output) % m != 0 || extent_of(k, w.columns.output) % m != 0) continue;
    const double direct = m * m * taps * taps * ins * outs;
    const double cost = worth * cost_of(m, ins, outs) / direct;
    if (cost < 1 && (best == 0 || cost < least)) best = m, least = cost;
  }
  return best;
}

// A kernel in the making: axes by extents, output axes first.
kernel kernel_of(const kernel& k, const std::string& suffix, std::vector<int> extents, int outer) {
  kernel out;
  out.name = k.name + suffix;
  out.layer = k.layer;
  out.extents = std::move(extents);
  out.outer = outer;
  return out;
}

affine at(int axis_id) { return affine(axis{axis_id, 0}); }

expr read(int tensor, std::vector<affine> index) {
  return expr(node{.kind = op::read, .tensor = tensor, .index = std::move(index)});
}

// sum over (a, b) of m(u, a) m(v, b) x; ids of axes.
expr both_ways(const matrix& m, int u, int v, int a, int b, const expr& x) {
  const auto side = [&](int out, int reduced) {
    return table(m.numbers, m.columns * at(out) + at(reduced));
  };
  return sum({axis{a, m.columns}, axis{b, m.columns}}, side(u, a) * side(v, b) * x);
}

class rewriting {
 public:
  rewriting(program& p, const kernel& k, const window& w, int m)
      : p_(p), k_(k), w_(w), m_(m), n_(m + taps - 1), t_(winograd_of(m)) {
    ins_ = extent_of(k, w.in), outs_ = extent_of(k, w.out);
    down_ = extent_of(k, w.rows.output) / m, across_ = extent_of(k, w.columns.output) / m;
  }

  std::vector<kernel> kernels() {
    const std::string base = k_.name;
    const int u = add(base + ".weight_tiles", home::parameter, dims(n_ * n_, outs_, ins_));
    const int v = add(base + ".input_tiles", home::sample, dims(n_ * n_, ins_, down_, across_));
    const int products =
        add(base + ".products", home::sample, dims(n_ * n_, outs_, down_, across_));
    return {weights(u), inputs(v), product(u, v, products), outputs(products)};
  }

 private:
  int add(const std::string& name, home where, dims shape) {
    p_.tensors.push_back({.name = name, .where = where, .shape = shape});
    return static_cast<int>(p_.tensors.size()) - 1;
  }

  // An index of the old kernel, its axes replaced; those that are not named become 0.
  affine moved(const affine& a, const std::vector<std::pair<int, affine>>& to) const {
    std::vector<affine> axes(k_.extents.size());
    for (const auto& [id, with] : to) axes[static_cast<std::size_t>(id)] = with;
    return substitute(a, axes);
  }
  std::vector<affine> moved(std::vector<affine> index,
                            const std::vector<std::pair<int, affine>>& to) const {
    for (affine& a : index) a = moved(a, to);
    return index;
  }
  // Tap number `axis`, counted in the direction in which samples are read.
  static affine tap(const slide& s, int axis_id) {
    return s.sign > 0 ? at(axis_id) : affine(taps - 1) - at(axis_id);
  }

  kernel weights(int u) const {  // axes: o, c, u, v | k, l
    kernel q = kernel_of(k_, "_weight_tiles", {outs_, ins_, n_, n_, taps, taps}, 4);
    q.out = u, q.at = {n_ * at(2) + at(3), at(0), at(1)};
    q.value = both_ways(t_.weights, 2, 3, 4, 5,
                        read(w_.weights->tensor,
                             moved(w_.weights->index, {{w_.out, at(0)},
                                                       {w_.in, at(1)},
                                                       {w_.rows.reduced, tap(w_.rows, 4)},
                                                       {w_.columns.reduced, tap(w_.columns, 5)}})));
    q.note = fmt::format("for {} x {} outputs from {} products each", m_, m_, n_ * n_);
    return q;
  }

  kernel inputs(int v) const {  // axes: ti, c, tj, u, v | a, b
    kernel q = kernel_of(k_, "_input_tiles", {down_, ins_, across_, n_, n_, n_, n_}, 5);
    q.out = v, q.at = {n_ * at(3) + at(4), at(1), at(0), at(2)};
    const auto first = [&](const slide& s, int tile, int inside) {
      return m_ * at(tile) + at(inside) - affine(s.sign > 0 ? 0 : taps - 1);
    };
    q.value =
        both_ways(t_.inputs, 3, 4, 5, 6,
                  read(w_.samples->tensor,
                       moved(w_.samples->index, {{w_.in, at(1)},
                                                 {w_.rows.output, first(w_.rows, 0, 5)},
                                                 {w_.columns.output, first(w_.columns, 2, 6)}})));
    q.note = fmt::format("Windows of {} x {}, {} apart", n_, n_, m_);
    return q;
  }

  kernel product(int u, int v, int products) const {  // axes: ti, p, o, tj | c
    kernel q = kernel_of(k_, "_products", {down_, n_ * n_, outs_, across_, ins_}, 4);
    q.out = products, q.at = {at(1), at(2), at(0), at(3)};
    q.value = sum({axis{4, ins_}},
                  read(u, {at(1), at(2), at(4)}) * read(v, {at(1), at(4), at(0), at(3)}));
    return q;
  }

  kernel outputs(int products) const {  // axes: ti, o, tj, a, b | u, v
    kernel q = kernel_of(k_, "", {down_, outs_, across_, m_, m_, n_, n_}, 5);
    const std::vector<std::pair<int, affine>> to = {{w_.out, at(1)},
                                                    {w_.rows.output, m_ * at(0) + at(3)},
                                                    {w_.columns.output, m_ * at(2) + at(4)}};
    const expr tile = both_ways(t_.products, 3, 4, 5, 6,
                                read(products, {n_ * at(5) + at(6), at(1), at(0), at(2)}));
    q.out = k_.out, q.at = moved(k_.at, to);
    q.value = rewrite(k_.value, [&](node x) {
      if (is_reduction(x.kind)) return tile;
      x.index = moved(x.index, to);
      return expr(std::move(x));
    });
    q.note = fmt::format(
        "Winograd F({0} x {0}, 3 x 3): largest error about {1:.0e} of the largest value{2}", m_,
        winograd_error(m_, ins_), k_.note.empty() ? "" : "; " + k_.note);
    return q;
  }

  program& p_;
  const kernel& k_;
  const window& w_;
  int m_, n_;
  winograd_tables t_;
  int ins_ = 0, outs_ = 0, down_ = 0, across_ = 0;
};

}  // namespace

void winograd(program& p) {
  if (!p.on.keeps_near) return;
  std::vector<kernel> out;
  for (const kernel& k : p.kernels) {
    const std::optional<window> w = window_of(p, k);
    const int m = w ? tile_of(k, *w) : 0;
    if (m == 0) {
      out.push_back(k);
      continue;
    }
    for (kernel& each : rewriting(p, k, *w, m).kernels()) out.push_back(std::move(each));
  }
  p.kernels = std::move(out);
}

}  // namespace tenon::codegen
