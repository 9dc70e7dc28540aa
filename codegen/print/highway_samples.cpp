// Kernels whose lanes are samples: of the output, or of sums over samples.
#include "codegen/addressed.hpp"
#include "codegen/print/highway_kernel.hpp"

namespace tenon::codegen {

std::string kernel_printer::accumulator(int i, int j) const {
  return rows_ * columns() == 1 ? "sum"
         : columns() == 1       ? fmt::format("sum{}", i)
                                : fmt::format("sum{}_{}", i, j);
}

void kernel_printer::for_tile(const std::function<void(int, int)>& f) {
  for (int i = 0; i < rows_; ++i) {
    for (int j = 0; j < columns(); ++j) f(i, j);
  }
}

void kernel_printer::for_tile_by_columns(const std::function<void(int, int)>& f) {
  for (int j = 0; j < columns(); ++j) {
    for (int i = 0; i < rows_; ++i) f(i, j);
  }
}

void kernel_printer::declare_accumulators() {
  const bool sums = !reduction_ || reduction_->kind == op::sum;
  for_tile([&](int i, int j) {
    const dialect in = in_vectors();
    const std::string zero = fmt::format("hn::Zero({})", in.tag);
    const std::string from =
        sums ? zero : fmt::format("hn::Set({}, -std::numeric_limits<float>::infinity())", in.tag);
    const char* type = s_.vectors == vector_axis::one_lane ? "auto" : in.type;
    w_.line("{} {} = {};", type, accumulator(i, j), from);
    if (reduction_ && reduction_->kind == op::first_maximum)
      w_.line("{} {}_at = {};", type, accumulator(i, j), zero);
  });
}

void kernel_printer::accumulate(const expr& body) {
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
  if (columns() > rows_) {
    load_first(body, s_.row_axis, [&](const node& n) {
      for (int i = 0; i < rows_; ++i) load(scope, n, i, 0);
    });
    for_tile_by_columns(one);
  } else {
    load_first(body, s_.column_axis, [&](const node& n) {
      for (int j = 0; j < columns(); ++j) load(scope, n, 0, j);
    });
    for_tile(one);
  }
}

void kernel_printer::load_first(const expr& body, int axis_id,
                                const std::function<void(const node&)>& f) {
  if (axis_id < 0) return;
  for (const node* n : in_order(body)) {
    if (n->kind == op::read && n->index[0].coefficient(axis_id) != 0) f(*n);
  }
}

void kernel_printer::first_maximum(const std::string& sum, const std::string& v, int i, int j,
                                   int& counter) {
  affine place;
  for (const axis& a : reduction_->axes) place = a.extent * place + affine(a);
  const std::string larger = fmt::format("larger{}", counter++);
  w_.line("const auto {} = hn::Gt({}, {});", larger, v, sum);
  w_.line("{0} = hn::IfThenElse({1}, {2}, {0});", sum, larger, v);
  w_.line("{0}_at = hn::IfThenElse({1}, hn::Set({3}, static_cast<float>({2})), {0}_at);", sum,
          larger, address(place, i, j), in_vectors().tag);
}

void kernel_printer::sample_vectors() {
  const std::string vectors =
      p_.single ? panel_loop() : fmt::format("for (size_t b = 0; b < {}; b += N)", p_.block);
  w_.block(vectors, [&] {
    alive();
    if (reduction_) {
      declare_accumulators();
      reduced_loops(static_cast<std::size_t>(q_.outer), [&] { accumulate(reduction_->args[0]); });
    }
    store_tile();
  });
}

void kernel_printer::store_tile() {
  loads scope;
  int counter = 0;
  for_tile([&](int i, int j) {
    dialect in = vector_dialect(scope, i, j);
    if (reduction_ && reduction_->kind == op::first_maximum)
      in.reduction = [this, i, j](const node&) { return accumulator(i, j) + "_at"; };
    const std::string v = print_expression(w_, q_.value, in, "r", counter);
    w_.line(p_.single ? store(v, i, j)
                      : fmt::format("hn::Store({}, d, {} + {} + b);", v, name_of(k_.out),
                                    address(q_.at[0], i, j)));
  });
}

void kernel_printer::sample_sums() {
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

}  // namespace tenon::codegen
