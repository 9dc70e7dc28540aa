// Loops of a kernel, cut into tiles, and the operands inside them.
#include "codegen/print/highway_kernel.hpp"

namespace tenon::codegen {

void kernel_printer::loop(const std::string& name, int extent, int step,
                          const std::function<void()>& body) {
  w_.block(fmt::format("for (size_t {0} = 0; {0} < {1}; {2})", name, extent,
                       step == 1 ? "++" + name : fmt::format("{} += {}", name, step)),
           body);
}

void kernel_printer::tiles(const std::function<void()>& inner) {
  const int first = first_axis();
  const auto around = [&](int a) { return (s_.around >> a & 1u) != 0; };
  const auto inside = [&](int a) { return !around(a); };
  const auto rows = [&](const std::function<void()>& body) {
    cut(s_.row_axis, s_.rows, rows_, body);
  };
  const auto columns = [&](const std::function<void()>& body) {
    outer_loops(first, inside, [&] {
      cut(s_.plane_axis, s_.planes, planes_, [&] { cut(s_.column_axis, s_.columns, taps_, body); });
    });
  };
  outer_loops(first, around, [&] {
    if (s_.columns_outermost)
      columns([&] { rows(inner); });
    else
      rows([&] { columns(inner); });
  });
}

void kernel_printer::cut(int axis_id, int tile, int& now, const std::function<void()>& inner) {
  now = 1;
  if (axis_id < 0) return inner();
  const int extent = q_.extents[static_cast<std::size_t>(axis_id)];
  const std::string& name = axes_[static_cast<std::size_t>(axis_id)];
  const int whole = extent / tile * tile;
  now = tile;
  const bool split = axis_id == s_.split_axis;
  if (split)
    w_.block(
        fmt::format("for (size_t {0} = begin{1}; {0} < {2}; {0} += {3})", name,
                    tile == 1 ? "" : fmt::format(" * {}", tile),
                    tile == 1        ? "end"
                    : whole < extent ? fmt::format("std::min<size_t>(end * {}, {})", tile, whole)
                                     : fmt::format("end * {}", tile),
                    tile),
        inner);
  else if (whole == tile)
    w_.block("", [&] { constant_axis(name, 0), inner(); });
  else
    loop(name, whole, tile, inner);
  now = extent - whole;
  if (now > 0)
    w_.block(split ? fmt::format("if (end == {})", whole / tile + 1) : "",
             [&] { constant_axis(name, whole), inner(); });
  now = 1;
}

void kernel_printer::constant_axis(const std::string& name, int at) {
  w_.line("constexpr size_t {} = {};", name, at);
}

void kernel_printer::outer_loops(int axis_id, const std::function<bool(int)>& wanted,
                                 const std::function<void()>& inner) {
  if (axis_id == q_.outer) return inner();
  if (axis_id == s_.row_axis || axis_id == s_.column_axis || axis_id == s_.plane_axis ||
      !wanted(axis_id))
    return outer_loops(axis_id + 1, wanted, inner);
  const std::size_t a = static_cast<std::size_t>(axis_id);
  if (axis_id == s_.split_axis)
    w_.block(fmt::format("for (size_t {0} = begin; {0} < end; ++{0})", axes_[a]),
             [&] { outer_loops(axis_id + 1, wanted, inner); });
  else
    loop(axes_[a], q_.extents[a], 1, [&] { outer_loops(axis_id + 1, wanted, inner); });
}

void kernel_printer::reduced_loops(std::size_t axis_id, const std::function<void()>& inner) {
  if (!reduction_ || axis_id == q_.extents.size()) return inner();
  const auto body = [&] { reduced_loops(axis_id + 1, inner); };
  for (const clip& c : s_.clips) {
    if (c.reduced == static_cast<int>(axis_id)) return clipped_loop(c, body);
  }
  loop(axes_[axis_id], q_.extents[axis_id], 1, body);
}

void kernel_printer::clipped_loop(const clip& c, const std::function<void()>& body) {
  const int extent = q_.extents[static_cast<std::size_t>(c.reduced)];
  const int last = q_.extents[static_cast<std::size_t>(c.outer)] - 1;
  const std::string& tap = axes_[static_cast<std::size_t>(c.reduced)];
  const std::string& o = axes_[static_cast<std::size_t>(c.outer)];
  const int steps = std::abs(c.scale);
  const std::string at = steps == 1 ? o : fmt::format("{} * {}", steps, o);
  const auto moved = [&](int by) {  // by + scale * o
    if (c.scale < 0) return fmt::format("{} - {}", by, at);
    return by == 0 ? at : fmt::format("{} {} {}", at, by < 0 ? '-' : '+', std::abs(by));
  };
  std::string begin = "0", end = std::to_string(extent);
  if (c.scale > 0 && c.low >= 0)
    begin = moved(c.low);
  else if (std::max(c.begin(0), c.begin(last)) > 0)
    begin = fmt::format("{} {} {} ? {} : 0", at, c.scale < 0 ? '<' : '>', std::abs(c.low),
                        moved(c.low));
  if (std::min(c.end(0, extent), c.end(last, extent)) < extent)
    end = fmt::format("std::min<size_t>({}, {})", extent, moved(c.high));
  w_.line("const size_t {0}_begin = {1}, {0}_end = {2};  // taps in the halo add nothing", tap, begin,
          end);
  w_.block(fmt::format("for (size_t {0} = {0}_begin; {0} < {0}_end; ++{0})", tap), body);
}

std::string kernel_printer::address(const affine& a, int i, int j) const {
  affine shifted = a;
  if (s_.row_axis >= 0) shifted.constant += i * a.coefficient(s_.row_axis);
  if (s_.column_axis >= 0) shifted.constant += j % taps_ * a.coefficient(s_.column_axis);
  if (s_.plane_axis >= 0) shifted.constant += j / taps_ * a.coefficient(s_.plane_axis);
  return index_text(shifted, axes_);
}

std::string kernel_printer::load(loads& scope, const node& n, int i, int j) {
  if (p_.single) return load(scope, name_of(n.tensor), panel_load(n, i, j));
  return load(scope, n, address(n.index[0], i, j));
}

std::string kernel_printer::load(loads& scope, const node& n, const std::string& at) {
  const std::string name = name_of(n.tensor);
  if (p_.single) return load(scope, name, panel_load(n, at, 0, 0));
  const bool sample = p_.of(n.tensor).where == home::sample;
  return load(scope, name,
              sample ? fmt::format("hn::Load(d, {} + {} + b)", name, at)
                     : fmt::format("hn::Set(d, {}[{}])", name, at));
}

std::string kernel_printer::load(loads& scope, const std::string& name, const std::string& text) {
  if (auto found = scope.known.find(text); found != scope.known.end()) return found->second;
  const std::string variable = fmt::format("{}{}", name, scope.counter[name]++);
  w_.line("const {} {} = {};", in_vectors().type, variable, text);
  return scope.known[text] = variable;
}

dialect kernel_printer::vector_dialect(loads& scope, int i, int j) {
  dialect in = in_vectors();
  in.read = [this, &scope, i, j](const node& n) { return load(scope, n, i, j); };
  in.reduction = [this, i, j](const node&) { return accumulator(i, j); };
  in.index = [this, i, j](const affine& a) { return address(a, i, j); };
  return in;
}

dialect kernel_printer::scalar_dialect(int i, int j) {
  dialect in;
  in.vectors = false;
  in.read = [this, i, j](const node& n) {
    const std::string at = address(n.index[0], i, j);
    if (p_.of(n.tensor).where == home::part)
      return fmt::format("tenon::sum_over_parts({} + {}, parts, part_stride)", name_of(n.tensor),
                         at);
    return fmt::format("{}[{}{}]", name_of(n.tensor), at, lane_text(n));
  };
  in.reduction = [](const node&) { return std::string("sum"); };
  in.index = [this, i, j](const affine& a) { return address(a, i, j); };
  return in;
}

void kernel_printer::alive() {
  if (has(op::live))
    w_.line("const auto alive = hn::FirstN(d, call.live > b ? call.live - b : 0);");
}

}  // namespace tenon::codegen
