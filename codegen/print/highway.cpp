#include "codegen/print/highway.hpp"

#include "codegen/addressed.hpp"
#include "codegen/print/highway_kernel.hpp"

namespace tenon::codegen {
kernel_printer::kernel_printer(writer& w, const program& p, std::size_t i)
    : w_(w),
      p_(p),
      k_(p.kernels[i]),
      q_(addressed(p, k_)),
      s_(p.schedules[i]),
      names_(parameter_names(p, k_)) {
  axes_ = axis_names(q_);
  reduction_ = find_reduction(q_.value);
  panel_ = panel_axis_of(q_);
  if (panel_ >= 0) axes_[static_cast<std::size_t>(panel_)] = "panel";
}

void kernel_printer::print() {
  banner();
  w_.block("void " + identifier(k_.name) + "(" + parameters() + ")", [&] { body(); });
  w_.line("");
}

void kernel_printer::banner() {
  comment(w_, identifier(k_.name) + ": " + formula(p_, k_));
  std::string shapes;
  for (const parameter_name& n : names_)
    shapes += fmt::format("{}{} {}", shapes.empty() ? "" : ", ", n.name, stored(n.tensor));
  const std::string tile = tile_text();
  if (p_.single) comment(w_, shapes + ".");
  if (p_.single && !tile.empty()) comment(w_, tile);
  if (!p_.single) comment(w_, shapes + "." + (tile.empty() ? "" : "   " + tile));
  if (s_.flops > 0)
    comment(w_, fmt::format("{} FLOP per sample.{}", grouped(static_cast<long>(s_.flops)),
                            k_.note.empty() ? "" : "   " + k_.note + "."));
  else if (!k_.note.empty())
    comment(w_, k_.note + ".");
}

std::string kernel_printer::stored(int id) const {
  const tensor& t = p_.of(id);
  const layout& l = p_.layouts[static_cast<std::size_t>(id)];
  if (l.samples_outermost)
    return fmt::format("[{}][{}]", p_.block, l.floats / static_cast<std::size_t>(p_.block));
  if (l.lanes >= 0) return stored_lanes(t.shape, l);
  std::string s;
  for (int d = 0; d < t.shape.rank; ++d) {
    const std::size_t at = static_cast<std::size_t>(d);
    if (d != l.strip) s += fmt::format("[{}]", t.shape[d] + l.before[at] + l.after[at]);
  }
  if (t.where == home::sample) return s + (p_.single ? "[1]" : fmt::format("[{}]", p_.block));
  if (t.shape.rank >= 2) return fmt::format("[{}][{}]", t.shape[0], l.stride[0]);
  return s.empty() ? "[1]" : s;
}

std::string kernel_printer::tile_text() const {
  if (s_.vectors == vector_axis::one_lane) return "One lane.";
  if (s_.vectors == vector_axis::outputs) return panels_text();
  if (s_.vectors == vector_axis::none || s_.rows * s_.planes * s_.columns == 1) return {};
  if (s_.vectors == vector_axis::rows)
    return fmt::format("Tile: {} rows x 1 vector of columns.", s_.rows);
  if (s_.planes > 1) return fmt::format("Tile: {} x ({} x {}).", s_.rows, s_.planes, s_.columns);
  if (s_.columns == 1)
    return fmt::format("Tile: {} {}.", s_.rows,
                       s_.vectors == vector_axis::samples ? "rows" : "sums");
  const char* const order =
      s_.columns_outermost ? ", columns outermost: what they read stays in L1" : "";
  return fmt::format("Tile: {} x {}{}.", s_.rows, s_.columns, order);
}

std::string kernel_printer::parameters() const {
  std::string s;
  const auto add = [&](const std::string& text) { s += (s.empty() ? "" : ", ") + text; };
  for (const parameter_name& n : names_) {
    const bool out = n.tensor == k_.out;
    add(fmt::format("{}float* HWY_RESTRICT {}", out ? "" : "const ", n.name));
  }
  const extras e = extras_of(p_, k_);
  if (e.parts) add("size_t parts, size_t part_stride");
  if (e.step) add("size_t " + axes_[0]);
  if (s_.when == stage::whole) add("size_t blocks, size_t block_stride, size_t first, size_t last");
  if (e.call) add("const tenon::block_call& call");
  if (s_.split_axis >= 0) add("size_t begin, size_t end");
  return s;
}

std::string kernel_printer::name_of(int tensor) const {
  for (const parameter_name& n : names_) {
    if (n.tensor == tensor) return n.name;
  }
  return "y";
}

void kernel_printer::body() {
  if (s_.vectors != vector_axis::none && s_.vectors != vector_axis::one_lane)
    w_.line(
        "const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON");
  const std::optional<transform> t = transform_of(q_);
  if (t && s_.vectors != vector_axis::one_lane) return transformed(*t);
  switch (s_.vectors) {
    case vector_axis::none:
      return scalar_loops();
    case vector_axis::rows:
      return s_.when == stage::whole ? whole_rows() : row_vectors();
    case vector_axis::outputs:
    case vector_axis::one_lane:
      return tiles([&] { sample_vectors(); });
    case vector_axis::samples:
      return has(op::uniform) ? random_map() : tiles([&] { sample_vectors(); });
    case vector_axis::sample_sums:
      w_.line("alignas(64) float lanes[{}][16];", s_.rows * s_.planes * s_.columns);
      return tiles([&] { sample_sums(); });
  }
}

bool kernel_printer::has(op kind) const {
  for (const node* n : in_order(q_.value)) {
    if (n->kind == kind) return true;
  }
  return false;
}

extras extras_of(const program& p, const kernel& k) {
  extras e;
  for (const node* n : in_order(k.value)) {
    if (n->kind == op::live || n->kind == op::uniform || n->kind == op::draw ||
        n->kind == op::batch_size)
      e.call = true;
    if (n->kind == op::read && p.of(n->tensor).where == home::part) e.parts = true;
  }
  if (k.strip < 0) return e;
  const kernel q = addressed(p, k);
  e.step = q.at[0].coefficient(0) != 0;
  for (const node* n : in_order(q.value)) {
    for (const affine& a : n->index) e.step = e.step || a.coefficient(0) != 0;
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
