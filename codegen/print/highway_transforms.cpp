// Separable linear transforms: rows first, into an array on the stack, then its columns. The rest
// of the kernel, its epilogue, stands where a column is finished.
#include "codegen/print/highway_kernel.hpp"
#include "codegen/print/linear_steps.hpp"

namespace tenon::codegen {

// An index with one axis at a literal place.
std::string kernel_printer::fixed(affine a, int axis_id, int at) const {
  const int coefficient = a.coefficient(axis_id);
  a.constant += coefficient * at;
  a.add(axis_id, -coefficient);
  return index_text(a, axes_);
}

void kernel_printer::transformed(const transform& t) {
  const bool vectors = s_.vectors != vector_axis::none;
  const int width = vectors ? 16 : 1;
  w_.line("{}float rows[{}];", vectors ? "alignas(64) " : "",
          t.first.numbers.columns * t.second.numbers.rows * width);
  const auto wanted = [&](int a) { return a != t.first.out && a != t.second.out; };
  outer_loops(first_axis(), wanted, [&] {
    const auto steps = [&] { alive(), first_step(t), second_step(t); };
    if (!vectors) return has_panels() ? each_lane(steps) : steps();
    w_.block(p_.single ? panel_loop() : fmt::format("for (size_t b = 0; b < {}; b += N)", p_.block),
             steps);
  });
}

// rows[a][v] = sum over b of second(v, b) x(a, b)
void kernel_printer::first_step(const transform& t) {
  const bool vectors = s_.vectors != vector_axis::none;
  const matrix& m = t.second.numbers;
  loop(axes_[static_cast<std::size_t>(t.first.reduced)], t.first.numbers.columns, 1, [&] {
    std::vector<std::string> x;
    for (int b = 0; b < m.columns; ++b) {
      x.push_back(fmt::format("x{}", b));
      const std::string at = fixed(t.read->index[0], t.second.reduced, b);
      const std::string name = name_of(t.read->tensor);
      if (vectors && p_.single)
        w_.line("const V {} = {};", x.back(), panel_load(*t.read, at, 0, 0));
      else
        vectors ? w_.line("const V {} = hn::Load(d, {} + {} + b);", x.back(), name, at)
                : w_.line("const float {} = {}[{}{}];", x.back(), name, at, lane_text(*t.read));
    }
    const std::vector<std::string> y = print_product(w_, m, x, vectors);
    for (int v = 0; v < m.rows; ++v) {
      const int width = vectors ? 16 : 1;
      const affine to = m.rows * width * affine(axis{t.first.reduced, 0}) + affine(v * width);
      const std::string text = y[static_cast<std::size_t>(v)], at = index_text(to, axes_);
      vectors ? w_.line("hn::Store({}, d, rows + {});", text, at)
              : w_.line("rows[{}] = {};", at, text);
    }
  });
}

// out(u, v) = epilogue(sum over a of first(u, a) rows[a][v])
void kernel_printer::second_step(const transform& t) {
  const bool vectors = s_.vectors != vector_axis::none;
  const matrix& m = t.first.numbers;
  loop(axes_[static_cast<std::size_t>(t.second.out)], t.second.numbers.rows, 1, [&] {
    std::vector<std::string> x;
    for (int a = 0; a < m.columns; ++a) {
      const int width = vectors ? 16 : 1;
      const affine from =
          width * affine(axis{t.second.out, 0}) + affine(a * t.second.numbers.rows * width);
      x.push_back(fmt::format("column{}", a));
      vectors ? w_.line("const V {} = hn::Load(d, rows + {});", x.back(), index_text(from, axes_))
              : w_.line("const float {} = rows[{}];", x.back(), index_text(from, axes_));
    }
    const std::vector<std::string> sums = print_product(w_, m, x, vectors);
    loads scope;
    int counter = 0;
    for (int u = 0; u < m.rows; ++u) {
      dialect in = vectors ? vector_dialect(scope, 0, 0) : scalar_dialect(0, 0);
      const auto at = [&](const affine& a) { return fixed(a, t.first.out, u); };
      in.read = [&](const node& n) {
        const std::string name = name_of(n.tensor);
        if (vectors) return load(scope, n, at(n.index[0]));
        return fmt::format("{}[{}{}]", name, at(n.index[0]), lane_text(n));
      };
      in.reduction = [&](const node&) { return sums[static_cast<std::size_t>(u)]; };
      in.index = at;
      const std::string v = print_expression(w_, q_.value, in, "r", counter);
      const std::string to = name_of(k_.out), place = at(q_.at[0]);
      if (vectors && p_.single)
        w_.line(store(v, place, 0, 0));
      else
        vectors ? w_.line("hn::Store({}, d, {} + {} + b);", v, to, place)
                : w_.line("{}[{}{}] = {};", to, place, has_panels() ? " + b" : "", v);
    }
  });
}

}  // namespace tenon::codegen
