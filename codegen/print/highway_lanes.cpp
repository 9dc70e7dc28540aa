// Kernels of single samples: lanes lie along an output axis, in panels of 16. Whatever does not
// vary along it is broadcast; what lies at another step is gathered. Where no axis fits, the same
// functions run on vectors of one lane.
#include "codegen/addressed.hpp"
#include "codegen/passes/split_single.hpp"
#include "codegen/print/highway_kernel.hpp"

namespace tenon::codegen {
namespace {

// Of an address that begins at a cache line.
bool is_aligned(const affine& address) {
  return address.constant % panel == 0 &&
         std::all_of(address.terms.begin(), address.terms.end(),
                     [](const affine::term& t) { return t.coefficient % panel == 0; });
}

}  // namespace

dialect kernel_printer::in_vectors() const {
  dialect in;
  if (s_.vectors == vector_axis::one_lane) in.tag = "one", in.type = "auto";
  return in;
}

int kernel_printer::lanes() const {
  const int lane = lane_axis_of(p_, k_);
  return lane < 0 ? 1 : k_.extents[static_cast<std::size_t>(lane)];
}

std::string kernel_printer::stored_lanes(const dims& shape, const layout& l) const {
  const std::size_t lanes = static_cast<std::size_t>(l.lanes);
  std::string s;
  long others = 1;
  for (int d = 0; d < shape.rank; ++d) {
    const std::size_t at = static_cast<std::size_t>(d);
    if (at == lanes) continue;
    const int extent = shape[d] + l.before[at] + l.after[at];
    s += fmt::format("[{}]", extent), others *= extent;
  }
  if (l.panels) return fmt::format("[{}]{}[{}]", panels_of(shape[l.lanes]), s, panel);
  return s + fmt::format("[{}]", static_cast<long>(l.floats) / others);
}

std::string kernel_printer::panels_text() const {
  const std::string axis = axis_names(k_)[static_cast<std::size_t>(lane_axis_of(p_, k_))];
  const int panels = q_.extents[static_cast<std::size_t>(panel_)];
  std::string s = fmt::format("Lanes: {} {}", lanes(), axis);
  if (panels > 1) s += fmt::format(" in {} panels", panels);
  if (s_.rows * s_.columns > 1)
    s += fmt::format(". Tile: {}", s_.rows == 1      ? fmt::format("{}", s_.columns)
                                   : s_.columns == 1 ? fmt::format("{}", s_.rows)
                                                     : fmt::format("{} x {}", s_.rows, s_.columns));
  if (s_.split_axis >= 0)
    s += fmt::format(". Threads share {} steps of {}", steps_of(q_, s_, s_.split_axis),
                     axes_[static_cast<std::size_t>(s_.split_axis)]);
  return s + ".";
}

std::string kernel_printer::panel_loop() const {
  if (!has_panels()) return "";
  return fmt::format("for (size_t b = 0; b < {}; b += N)", std::min(lanes(), panel));
}

std::string kernel_printer::panel_load(const node& n, int i, int j) const {
  return panel_load(n, address(n.index[0], i, j), i, j);
}

std::string kernel_printer::panel_load(const node& n, const std::string& at, int i, int j) const {
  const std::string name = name_of(n.tensor);
  const int step = lane_step_of(n);
  if (step == 0) return fmt::format("hn::Set({}, {}[{}])", in_vectors().tag, name, at);
  if (step == 1)
    return fmt::format("hn::{}(d, {} + {} + b)", is_aligned(n.index[0]) ? "Load" : "LoadU", name,
                       at);
  if (step == 2)
    return fmt::format("tenon::HWY_NAMESPACE::load_even(d, {} + {} + 2 * b)", name, at);
  // Lanes behind the last one take its value, so that nothing beyond the tensor is read.
  std::string lane = "hn::Iota(di, static_cast<int32_t>(b))";
  if (lanes() % panel != 0)
    lane = fmt::format("hn::Min({}, hn::Set(di, static_cast<int32_t>({} - ({}) * {})))", lane,
                       lanes() - 1, address(affine(axis{panel_, 0}), i, j), panel);
  return fmt::format("hn::GatherIndex(d, {} + {}, hn::Mul({}, hn::Set(di, {})))", name, at, lane,
                     step);
}

std::string kernel_printer::store(const std::string& value, int i, int j) const {
  return store(value, address(q_.at[0], i, j), i, j);
}

std::string kernel_printer::store(const std::string& value, const std::string& place, int i,
                                  int j) const {
  const std::string to = fmt::format("{} + {}", name_of(k_.out), place);
  if (!has_panels()) return fmt::format("hn::Store({}, one, {});", value, to);
  if (!last_panel_fits(p_, k_)) {
    const std::string at = address(panel * affine(axis{panel_, 0}), i, j);
    return fmt::format(
        "hn::BlendedStore({0}, hn::FirstN(d, {1} > {2} + b ? {1} - ({2} + b) : 0), d, {3} + b);",
        value, lanes(), at, to);
  }
  return fmt::format("hn::{}({}, d, {} + b);", is_aligned(q_.at[0]) ? "Store" : "StoreU", value,
                     to);
}

void kernel_printer::each_lane(const std::function<void()>& inner) {
  const int count = lanes();
  const std::string end = count % panel == 0 ? fmt::format("{}", panel)
                                             : fmt::format("std::min<size_t>({}, {} - panel * {})",
                                                           panel, count, panel);
  w_.block(fmt::format("for (size_t b = 0; b < {}; ++b)", end), inner);
}

std::string kernel_printer::lane_text(const node& n) const {
  const int step = lane_step_of(n);
  return step == 0 ? "" : step == 1 ? " + b" : fmt::format(" + b * {}", step);
}

}  // namespace tenon::codegen
