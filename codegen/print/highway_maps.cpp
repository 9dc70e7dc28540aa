// Kernels whose lanes are the columns of a row, kernels with random numbers, and plain loops.
#include "codegen/addressed.hpp"
#include "codegen/print/highway_kernel.hpp"

namespace tenon::codegen {

void kernel_printer::row_vectors() {
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
      loop("b", p_.block, 1, [&] {
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

void kernel_printer::whole_rows() {
  const factors f = factors_of(q_);
  const std::string y = name_of(k_.out), rows = name_of(f.a->tensor), x = name_of(f.b->tensor);
  const long row = p_.layouts[static_cast<std::size_t>(k_.out)].stride[0];
  const int all = q_.extents[0], columns = (q_.extents[1] + 15) / 16 * 16;
  const std::string& o = axes_[0];
  const auto tile = [&] {
    w_.block(fmt::format("for (size_t i = 0; i < {}; i += N)", columns), [&] {
      for (int r = 0; r < rows_; ++r) w_.line("V sum{} = hn::Zero(d);", r);
      w_.block("for (size_t k = 0; k < blocks; ++k)", [&] {
        w_.line("const float* const rows = {} + k * block_stride;", rows);
        w_.line("const float* const columns = {} + k * block_stride + i;", x);
        loop("b", p_.block, 1, [&] {
          w_.line("const V x0 = hn::Load(d, columns + b * {});", row);
          for (int r = 0; r < rows_; ++r)
            w_.line("sum{0} = hn::MulAdd(hn::Set(d, rows[{1} + b]), x0, sum{0});", r,
                    row_address(f.a->index[0], r));
        });
      });
      for (int r = 0; r < rows_; ++r)
        w_.line("hn::Store(sum{}, d, {} + {} + i);", r, y, row_address(q_.at[0], r));
    });
  };
  rows_ = s_.rows;
  w_.block(fmt::format("for (size_t {0} = first; {0} + {1} <= last; {0} += {1})", o, rows_), tile);
  const int rest = all % s_.rows;
  if (rest > 0) {
    rows_ = rest;
    w_.block(fmt::format("if (last == {})", all), [&] {
      constant_axis(o, all - rest);
      tile();
    });
  }
  rows_ = 1;
}

std::string kernel_printer::row_address(affine a, int r) const {
  a.constant += r * a.coefficient(0);
  a.add(1, -a.coefficient(1));
  return index_text(a, axes_);
}

void kernel_printer::random_map() {
  const affine& element = uniform().index[0];
  const bool by_four = q_.outer == 1 && element == affine(axis{0, 0}) && !reduction_;
  w_.block(fmt::format("for (size_t b = 0; b < {}; b += N)", p_.block), [&] {
    w_.line("const auto samples = hn::Iota(du, static_cast<uint32_t>(call.first_sample + b));");
    alive();
    if (!by_four) return outer_loops([&] { random_element(); });
    const int extent = q_.extents[0], whole = extent / 4 * 4;
    if (whole > 0) loop(axes_[0], whole, 4, [&] { random_four(4); });
    if (extent > whole)
      w_.block("", [&] { constant_axis(axes_[0], whole), random_four(extent - whole); });
  });
}

const node& kernel_printer::uniform() const {
  for (const node* n : in_order(q_.value)) {
    if (n->kind == op::uniform) return *n;
  }
  throw internal_bug(k_.name + " has no random number");
}

void kernel_printer::random_four(int count) {
  w_.line("V u0, u1, u2, u3;");
  w_.line(
      "tenon::HWY_NAMESPACE::uniform_4(d, call.seed, {}u, call.step, samples, "
      "static_cast<uint32_t>({} / 4), u0, u1, u2, u3);",
      uniform().stream, axes_[0]);
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

void kernel_printer::random_element() {
  w_.line(
      "const V u = tenon::HWY_NAMESPACE::uniform_1(d, call.seed, {}u, call.step, samples, "
      "static_cast<uint32_t>({}));",
      uniform().stream, index_text(uniform().index[0], axes_));
  loads scope;
  int counter = 0;
  dialect in = vector_dialect(scope, 0, 0);
  in.uniform = "u";
  const std::string v = print_expression(w_, q_.value, in, "r", counter);
  w_.line("hn::Store({}, d, {} + {} + b);", v, name_of(k_.out), address(q_.at[0], 0, 0));
}

void kernel_printer::scalar_loops() {
  const auto element = [&] {
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
    w_.line("{}[{}{}] = {};", name_of(k_.out), address(q_.at[0], 0, 0), has_panels() ? " + b" : "",
            v);
  };
  outer_loops([&] { has_panels() ? each_lane(element) : element(); });
}

}  // namespace tenon::codegen
