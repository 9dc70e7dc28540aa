#include "codegen/print/highway.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "codegen/addressed.hpp"
#include "codegen/print/expression.hpp"
#include "codegen/print/names.hpp"

namespace tenon::codegen {
namespace {

// A loop, or none where the extent is 1.
template <class F>
void loop(writer& w, const std::string& name, int extent, int step, F body) {
  w.block(fmt::format("for (size_t {0} = 0; {0} < {1}; {2})", name, extent,
                      step == 1 ? "++" + name : fmt::format("{} += {}", name, step)),
          body);
}

class kernel_printer {
 public:
  kernel_printer(writer& w, const program& p, std::size_t i)
      : w_(w),
        p_(p),
        k_(p.kernels[i]),
        q_(addressed(p, k_)),
        s_(p.schedules[i]),
        names_(parameter_names(p, k_)) {
    axes_ = axis_names(q_);
    reduction_ = find_reduction(q_.value);
  }

  void print() {
    banner();
    w_.block("void " + identifier(k_.name) + "(" + parameters() + ")", [&] { body(); });
    w_.line("");
  }

 private:
  // ---- the head
  void banner() {
    comment(w_, identifier(k_.name) + ": " + formula(p_, k_));
    std::string shapes;
    for (const parameter_name& n : names_)
      shapes += fmt::format("{}{} {}", shapes.empty() ? "" : ", ", n.name, stored(n.tensor));
    comment(w_, shapes + "." + (tile_text().empty() ? "" : "   " + tile_text()));
    if (s_.flops > 0)
      comment(w_, fmt::format("{} FLOP per sample.{}", grouped(static_cast<long>(s_.flops)),
                              k_.note.empty() ? "" : "   " + k_.note + "."));
    else if (!k_.note.empty())
      comment(w_, k_.note + ".");
  }

  static std::string grouped(long v) {
    std::string s = std::to_string(v);
    for (int i = static_cast<int>(s.size()) - 3; i > 0; i -= 3)
      s.insert(static_cast<std::size_t>(i), ",");
    return s;
  }

  // The shape in memory: halo and samples included.
  std::string stored(int id) const {
    const tensor& t = p_.of(id);
    const layout& l = p_.layouts[static_cast<std::size_t>(id)];
    if (l.samples_outermost)
      return fmt::format("[{}][{}]", p_.block, l.floats / static_cast<std::size_t>(p_.block));
    std::string s;
    for (int d = 0; d < t.shape.rank; ++d) {
      const std::size_t at = static_cast<std::size_t>(d);
      s += fmt::format("[{}]", t.shape[d] + l.before[at] + l.after[at]);
    }
    if (t.where == home::sample) return s + fmt::format("[{}]", p_.block);
    if (t.shape.rank >= 2) return fmt::format("[{}][{}]", t.shape[0], l.stride[0]);
    return s.empty() ? "[1]" : s;
  }

  std::string tile_text() const {
    if (s_.vectors == vector_axis::none || s_.rows * s_.planes * s_.columns == 1) return {};
    if (s_.vectors == vector_axis::rows)
      return fmt::format("Tile: {} rows x 1 vector of columns.", s_.rows);
    if (s_.planes > 1) return fmt::format("Tile: {} x ({} x {}).", s_.rows, s_.planes, s_.columns);
    if (s_.columns == 1)
      return fmt::format("Tile: {} {}.", s_.rows,
                         s_.vectors == vector_axis::samples ? "rows" : "sums");
    return fmt::format("Tile: {} x {}.", s_.rows, s_.columns);
  }

  std::string parameters() const {
    std::string s;
    const auto add = [&](const std::string& text) { s += (s.empty() ? "" : ", ") + text; };
    for (const parameter_name& n : names_) {
      const bool out = n.tensor == k_.out;
      add(fmt::format("{}float* HWY_RESTRICT {}", out ? "" : "const ", n.name));
    }
    const extras e = extras_of(p_, k_);
    if (e.parts) add("size_t parts, size_t part_stride");
    if (e.call) add("const tenon::block_call& call");
    return s;
  }

  std::string name_of(int tensor) const {
    for (const parameter_name& n : names_) {
      if (n.tensor == tensor) return n.name;
    }
    return "y";
  }

  // ---- the body
  void body() {
    if (s_.vectors != vector_axis::none)
      w_.line(
          "const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON");
    switch (s_.vectors) {
      case vector_axis::none:
        return scalar_loops();
      case vector_axis::rows:
        return row_vectors();
      case vector_axis::samples:
        return has_uniform() ? random_map() : tiles([&] { sample_vectors(); });
      case vector_axis::sample_sums:
        w_.line("alignas(64) float lanes[{}][16];", s_.rows * s_.planes * s_.columns);
        return tiles([&] { sample_sums(); });
    }
  }

  bool has_uniform() const {
    for (const node* n : in_order(q_.value)) {
      if (n->kind == op::uniform) return true;
    }
    return false;
  }
  bool has_live() const {
    for (const node* n : in_order(q_.value)) {
      if (n->kind == op::live) return true;
    }
    return false;
  }

  // Loops over the output axes; the tiled ones are cut into whole tiles and a rest.
  template <class F>
  void tiles(F inner) {
    cut(s_.row_axis, s_.rows, rows_, [&] {
      outer_loops(0, [&] {
        cut(s_.plane_axis, s_.planes, planes_,
            [&] { cut(s_.column_axis, s_.columns, taps_, inner); });
      });
    });
  }

  template <class F>
  void cut(int axis_id, int tile, int& now, F inner) {
    now = 1;
    if (axis_id < 0) return inner();
    const int extent = q_.extents[static_cast<std::size_t>(axis_id)];
    const std::string& name = axes_[static_cast<std::size_t>(axis_id)];
    const int whole = extent / tile * tile;
    now = tile;
    if (whole == tile)
      w_.block("", [&] { constant_axis(name, 0), inner(); });
    else
      loop(w_, name, whole, tile, inner);
    now = extent - whole;
    if (now > 0) w_.block("", [&] { constant_axis(name, whole), inner(); });
    now = 1;
  }
  void constant_axis(const std::string& name, int at) {
    w_.line("constexpr size_t {} = {};", name, at);
  }

  template <class F>
  void outer_loops(int axis_id, F inner) {
    if (axis_id == q_.outer) return inner();
    if (axis_id == s_.row_axis || axis_id == s_.column_axis || axis_id == s_.plane_axis)
      return outer_loops(axis_id + 1, inner);
    const std::size_t a = static_cast<std::size_t>(axis_id);
    loop(w_, axes_[a], q_.extents[a], 1, [&] { outer_loops(axis_id + 1, inner); });
  }

  template <class F>
  void reduced_loops(std::size_t axis_id, F inner) {
    if (!reduction_ || axis_id == q_.extents.size()) return inner();
    loop(w_, axes_[axis_id], q_.extents[axis_id], 1, [&] { reduced_loops(axis_id + 1, inner); });
  }

  // Address of a read for the tile's element (i, j).
  std::string address(const affine& a, int i, int j) const {
    affine shifted = a;
    if (s_.row_axis >= 0) shifted.constant += i * a.coefficient(s_.row_axis);
    if (s_.column_axis >= 0) shifted.constant += j % taps_ * a.coefficient(s_.column_axis);
    if (s_.plane_axis >= 0) shifted.constant += j / taps_ * a.coefficient(s_.plane_axis);
    return index_text(shifted, axes_);
  }

  // Loads once per distinct address within a scope: "x0", "weight0", ...
  struct loads {
    std::map<std::string, std::string> known;
    std::map<std::string, int> counter;
  };
  std::string load(loads& scope, const node& n, int i, int j) {
    const std::string name = name_of(n.tensor);
    const std::string at = address(n.index[0], i, j);
    const bool sample = p_.of(n.tensor).where == home::sample;
    const std::string text = sample ? fmt::format("hn::Load(d, {} + {} + b)", name, at)
                                    : fmt::format("hn::Set(d, {}[{}])", name, at);
    if (auto found = scope.known.find(text); found != scope.known.end()) return found->second;
    const std::string variable = fmt::format("{}{}", name, scope.counter[name]++);
    w_.line("const V {} = {};", variable, text);
    return scope.known[text] = variable;
  }

  dialect vector_dialect(loads& scope, int i, int j) {
    dialect in;
    in.read = [this, &scope, i, j](const node& n) { return load(scope, n, i, j); };
    in.reduction = [this, i, j](const node&) { return accumulator(i, j); };
    in.index = [this, i, j](const affine& a) { return address(a, i, j); };
    return in;
  }

  int columns() const { return planes_ * taps_; }
  std::string accumulator(int i, int j) const {
    return rows_ * columns() == 1 ? "sum"
           : columns() == 1       ? fmt::format("sum{}", i)
                                  : fmt::format("sum{}_{}", i, j);
  }
  template <class F>
  void for_tile(F f) {
    for (int i = 0; i < rows_; ++i) {
      for (int j = 0; j < columns(); ++j) f(i, j);
    }
  }

  void declare_accumulators() {
    const bool sums = !reduction_ || reduction_->kind == op::sum;
    for_tile([&](int i, int j) {
      const char* from =
          sums ? "hn::Zero(d)" : "hn::Set(d, -std::numeric_limits<float>::infinity())";
      w_.line("V {} = {};", accumulator(i, j), from);
      if (reduction_ && reduction_->kind == op::first_maximum)
        w_.line("V {}_at = hn::Zero(d);", accumulator(i, j));
    });
  }

  // Column by column: the rows' operands stay in registers while each column is loaded once.
  template <class F>
  void for_tile_by_columns(F f) {
    for (int j = 0; j < columns(); ++j) {
      for (int i = 0; i < rows_; ++i) f(i, j);
    }
  }

  void accumulate(const expr& body) {
    loads scope;
    int counter = 0;
    const auto one = [&](int i, int j) {
      const std::string sum = accumulator(i, j);
      const dialect in = vector_dialect(scope, i, j);
      if (body->kind == op::multiply && (!reduction_ || reduction_->kind == op::sum)) {
        const std::string a = print_expression(w_, body->args[0], in, "t", counter);
        const std::string b = print_expression(w_, body->args[1], in, "t", counter);
        w_.line("{0} = hn::MulAdd({1}, {2}, {0});", sum, a, b);
        return;
      }
      const std::string v = print_expression(w_, body, in, "t", counter);
      if (!reduction_ || reduction_->kind == op::sum)
        w_.line("{0} = hn::Add({0}, {1});", sum, v);
      else if (reduction_->kind == op::maximum)
        w_.line("{0} = hn::Max({0}, {1});", sum, v);
      else
        first_maximum(sum, v, i, j, counter);
    };
    if (s_.vectors == vector_axis::sample_sums) {
      load_rows(scope, body);
      for_tile_by_columns(one);
    } else {
      for_tile(one);
    }
  }

  // In front of all columns: GCC loads rows again for each column where their loads stand between
  // those of columns.
  void load_rows(loads& scope, const expr& body) {
    for (const node* n : in_order(body)) {
      if (n->kind != op::read || s_.row_axis < 0 || n->index[0].coefficient(s_.row_axis) == 0)
        continue;
      for (int i = 0; i < rows_; ++i) load(scope, *n, i, 0);
    }
  }

  void first_maximum(const std::string& sum, const std::string& v, int i, int j, int& counter) {
    affine place;
    for (const axis& a : reduction_->axes) place = a.extent * place + affine(a);
    const std::string larger = fmt::format("larger{}", counter++);
    w_.line("const auto {} = hn::Gt({}, {});", larger, v, sum);
    w_.line("{0} = hn::IfThenElse({1}, {2}, {0});", sum, larger, v);
    w_.line("{0}_at = hn::IfThenElse({1}, hn::Set(d, static_cast<float>({2})), {0}_at);", sum,
            larger, address(place, i, j));
  }

  void alive() {
    if (has_live()) w_.line("const auto alive = hn::FirstN(d, call.live > b ? call.live - b : 0);");
  }

  // Lanes are samples of the output.
  void sample_vectors() {
    w_.block(fmt::format("for (size_t b = 0; b < {}; b += N)", p_.block), [&] {
      alive();
      if (reduction_) {
        declare_accumulators();
        reduced_loops(static_cast<std::size_t>(q_.outer), [&] { accumulate(reduction_->args[0]); });
      }
      store_tile();
    });
  }

  void store_tile() {
    loads scope;
    int counter = 0;
    for_tile([&](int i, int j) {
      dialect in = vector_dialect(scope, i, j);
      if (reduction_ && reduction_->kind == op::first_maximum)
        in.reduction = [this, i, j](const node&) { return accumulator(i, j) + "_at"; };
      const std::string v = print_expression(w_, q_.value, in, "r", counter);
      w_.line("hn::Store({}, d, {} + {} + b);", v, name_of(k_.out), address(q_.at[0], i, j));
    });
  }

  // Lanes are samples; each sum over samples ends in one tree over 16 virtual lanes.
  void sample_sums() {
    w_.block("for (size_t l = 0; l < 16; l += N)", [&] {
      declare_accumulators();
      reduced_loops(static_cast<std::size_t>(q_.outer), [&] {
        w_.block(fmt::format("for (size_t b = l; b < {}; b += 16)", p_.block), [&] {
          alive();
          accumulate(body_of(q_));
        });
      });
      int lane = 0;
      for_tile([&](int i, int j) {
        w_.line("hn::Store({}, d, lanes[{}] + l);", accumulator(i, j), lane++);
      });
    });
    const int count = rows_ * columns();
    if (count > 1) {
      w_.line("float sums[{}];", count);
      w_.line("tenon::HWY_NAMESPACE::sum_rows_of_16(lanes[0], {}, sums);", count);
    }
    int lane = 0;
    for_tile([&](int i, int j) {
      const std::string sum =
          count > 1 ? fmt::format("sums[{}]", lane++) : "tenon::HWY_NAMESPACE::sum_of_16(lanes[0])";
      dialect in = scalar_dialect(i, j);
      in.reduction = [&](const node&) { return sum; };
      int counter = 0;
      const std::string v = reduction_ ? print_expression(w_, q_.value, in, "r", counter) : sum;
      w_.line("{}[{}] += {};", name_of(k_.out), address(q_.at[0], i, j), v);
    });
  }

  dialect scalar_dialect(int i, int j) {
    dialect in;
    in.vectors = false;
    in.read = [this, i, j](const node& n) {
      const std::string at = address(n.index[0], i, j);
      if (p_.of(n.tensor).where == home::part)
        return fmt::format("tenon::sum_over_parts({} + {}, parts, part_stride)", name_of(n.tensor),
                           at);
      return fmt::format("{}[{}]", name_of(n.tensor), at);
    };
    in.reduction = [](const node&) { return std::string("sum"); };
    in.index = [this, i, j](const affine& a) { return address(a, i, j); };
    return in;
  }

  // Lanes are the columns of a row of the output; samples are added in order.
  void row_vectors() {
    const factors f = factors_of(q_);
    const std::string y = name_of(k_.out), rows = name_of(f.a->tensor), x = name_of(f.b->tensor);
    const long row = p_.layouts[static_cast<std::size_t>(k_.out)].stride.empty()
                         ? 0
                         : p_.layouts[static_cast<std::size_t>(k_.out)].stride[0];
    const int columns = (q_.extents[1] + 15) / 16 * 16;
    cut(0, s_.rows, rows_, [&] {
      w_.block(fmt::format("for (size_t i = 0; i < {}; i += N)", columns), [&] {
        for (int r = 0; r < rows_; ++r)
          w_.line("V sum{} = hn::Load(d, {} + {} + i);", r, y, row_address(q_.at[0], r));
        loop(w_, "b", p_.block, 1, [&] {
          w_.line("const V x0 = hn::Load(d, {} + b * {} + i);", x, row);
          for (int r = 0; r < rows_; ++r)
            w_.line("sum{0} = hn::MulAdd(hn::Set(d, {1}[{2} + b]), x0, sum{0});", r, rows,
                    row_address(f.a->index[0], r));
        });
        for (int r = 0; r < rows_; ++r)
          w_.line("hn::Store(sum{}, d, {} + {} + i);", r, y, row_address(q_.at[0], r));
      });
    });
  }
  // Without the column, which `i` counts.
  std::string row_address(affine a, int r) const {
    a.constant += r * a.coefficient(0);
    a.add(1, -a.coefficient(1));
    return index_text(a, axes_);
  }

  // Four elements share one Philox block.
  void random_map() {
    for (const node* n : in_order(q_.value)) {
      if (n->kind == op::uniform) stream_ = n->stream;
    }
    const affine& element = element_of();
    const bool by_four = q_.outer == 1 && element == affine(axis{0, 0}) && !reduction_;
    w_.block(fmt::format("for (size_t b = 0; b < {}; b += N)", p_.block), [&] {
      w_.line("const auto samples = hn::Iota(du, static_cast<uint32_t>(call.first_sample + b));");
      alive();
      if (!by_four) return outer_loops(0, [&] { random_element(); });
      const int extent = q_.extents[0], whole = extent / 4 * 4;
      if (whole > 0) loop(w_, axes_[0], whole, 4, [&] { random_four(4); });
      if (extent > whole)
        w_.block("", [&] { constant_axis(axes_[0], whole), random_four(extent - whole); });
    });
  }
  const affine& element_of() const {
    for (const node* n : in_order(q_.value)) {
      if (n->kind == op::uniform) return n->index[0];
    }
    return q_.at[0];
  }
  void random_four(int count) {
    w_.line("V u0, u1, u2, u3;");
    w_.line(
        "tenon::HWY_NAMESPACE::uniform_4(d, call.seed, {}u, call.step, samples, "
        "static_cast<uint32_t>({} / 4), u0, u1, u2, u3);",
        stream_, axes_[0]);
    loads scope;
    int counter = 0;
    for (int e = 0; e < count; ++e) {
      affine at = q_.at[0];
      at.constant += e * at.coefficient(0);
      dialect in = vector_dialect(scope, 0, 0);
      in.read = [this, &scope, e](const node& n) {
        node moved = n;
        moved.index[0].constant += e * n.index[0].coefficient(0);
        return load(scope, moved, 0, 0);
      };
      in.uniform = fmt::format("u{}", e);
      const std::string v = print_expression(w_, q_.value, in, "r", counter);
      w_.line("hn::Store({}, d, {} + {} + b);", v, name_of(k_.out), index_text(at, axes_));
    }
    for (int e = count; e < 4; ++e) w_.line("static_cast<void>(u{});", e);
  }
  void random_element() {
    w_.line(
        "const V u = tenon::HWY_NAMESPACE::uniform_1(d, call.seed, {}u, call.step, samples, "
        "static_cast<uint32_t>({}));",
        stream_, index_text(element_of(), axes_));
    loads scope;
    int counter = 0;
    dialect in = vector_dialect(scope, 0, 0);
    in.uniform = "u";
    const std::string v = print_expression(w_, q_.value, in, "r", counter);
    w_.line("hn::Store({}, d, {} + {} + b);", v, name_of(k_.out), address(q_.at[0], 0, 0));
  }

  // Kernels of a step: a few numbers per channel.
  void scalar_loops() {
    outer_loops(0, [&] {
      if (reduction_) {
        const bool sums = reduction_->kind == op::sum;
        w_.line("float sum = {};", sums ? "0.0f" : "-std::numeric_limits<float>::infinity()");
        reduced_loops(static_cast<std::size_t>(q_.outer), [&] {
          int counter = 0;
          const std::string v =
              print_expression(w_, reduction_->args[0], scalar_dialect(0, 0), "t", counter);
          w_.line(sums ? fmt::format("sum += {};", v) : fmt::format("sum = std::max(sum, {});", v));
        });
      }
      int counter = 0;
      const std::string v = print_expression(w_, q_.value, scalar_dialect(0, 0), "r", counter);
      w_.line("{}[{}] = {};", name_of(k_.out), address(q_.at[0], 0, 0), v);
    });
  }

 private:
  writer& w_;
  const program& p_;
  const kernel& k_;
  kernel q_;
  const schedule& s_;
  std::vector<parameter_name> names_;
  std::vector<std::string> axes_;
  const node* reduction_ = nullptr;
  int rows_ = 1, planes_ = 1, taps_ = 1,
      stream_ = 0;  // of the tile that is being printed; columns are planes x taps
};

}  // namespace

extras extras_of(const program& p, const kernel& k) {
  extras e;
  for (const node* n : in_order(k.value)) {
    if (n->kind == op::live || n->kind == op::uniform || n->kind == op::batch_size) e.call = true;
    if (n->kind == op::read && p.of(n->tensor).where == home::part) e.parts = true;
  }
  return e;
}

bool is_plain_collect(const program& p, std::size_t i) {
  const kernel& k = p.kernels[i];
  if (k.value->kind != op::read || p.of(k.value->tensor).where != home::part) return false;
  const kernel q = addressed(p, k);
  return q.value->index[0] == q.at[0] &&
         p.layouts[static_cast<std::size_t>(k.out)].floats ==
             p.layouts[static_cast<std::size_t>(k.value->tensor)].floats;
}

void print_kernel(writer& w, const program& p, std::size_t kernel) {
  kernel_printer(w, p, kernel).print();
}

}  // namespace tenon::codegen
