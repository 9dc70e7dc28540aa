#include "codegen/print/cuda_kernel.hpp"

#include <algorithm>

#include "codegen/addressed.hpp"
#include "codegen/passes/warp_cost.hpp"

namespace tenon::codegen {
namespace {

constexpr unsigned warps_side_by_side = 4;  // of a group: 128 threads leave 255 registers to each

bool contains(const kernel& k, op kind) {
  const std::vector<const node*> all = in_order(k.value);
  return std::any_of(all.begin(), all.end(), [&](const node* n) { return n->kind == kind; });
}

unsigned groups_for(long pieces, long most) {
  return static_cast<unsigned>(std::clamp(pieces, 1L, most));
}

}  // namespace

bool has_halo(const program& p, int tensor) {
  const layout& l = p.layouts[static_cast<std::size_t>(tensor)];
  const auto any = [](const std::vector<int>& halo) {
    return std::any_of(halo.begin(), halo.end(), [](int v) { return v > 0; });
  };
  return p.of(tensor).where == home::sample && (any(l.before) || any(l.after));
}

cuda_kernel_printer::cuda_kernel_printer(writer& w, const program& p, std::size_t i)
    : w_(w),
      p_(p),
      k_(p.kernels[i]),
      q_(addressed(p, k_)),
      s_(p.schedules[i]),
      names_(parameter_names(p, k_)) {
  axes_ = axis_names(q_);
  reduction_ = find_reduction(q_.value);
  if (s_.staged > 0) {
    const factors f = factors_of(q_);
    staged_ = p_.of(f.a->tensor).where == home::sample ? f.b : f.a;
  }
  if (s_.fragment > 0) fragment_ = p_.on.products == precision::tf32 ? "tf32" : "bf16";
  const bool of_step = s_.vectors == vector_axis::none;
  launch_.call = contains(k_, op::live) || contains(k_, op::uniform) || contains(k_, op::draw) ||
                 contains(k_, op::batch_size);
  launch_.block = !of_step && (contains(k_, op::live) || contains(k_, op::uniform));
  launch_.blocks = s_.vectors == vector_axis::sample_sums || s_.vectors == vector_axis::rows;
  if (launch_.blocks) launch_.block = false;
  for_each_read(k_.value, [&](const node& n) {
    if (p_.of(n.tensor).where == home::part) launch_.parts = launch_.call = true;
  });
  launch_.halo = has_halo(p_, k_.out);
  constexpr long most = 1024;
  const unsigned side_by_side =
      p_.together > 0 ? static_cast<unsigned>(warps_of_group) : warps_side_by_side;
  launch_.warps = side_by_side;
  if (s_.vectors == vector_axis::sample_sums) {
    const int sums = s_.rows * columns();
    launch_.warps = static_cast<unsigned>(warps_of_group);
    launch_.groups = groups_for(tiles_of(outer_axes()), 1 << 20);
    launch_.shared_bytes = sizeof(float) * static_cast<std::size_t>(sums * warps_of_group);
  } else if (s_.staged > 0) {
    long rows = 1, columns = 1;
    for (int a : outer_axes())
      (staged_->index[0].coefficient(a) != 0 ? rows : columns) *= tiles_of(a);
    const long at_once = side_by_side;
    launch_.groups = groups_for(has_own_weights() ? (rows + at_once - 1) / at_once
                                                  : rows * ((columns + at_once - 1) / at_once),
                                most);
    // Fragments: rows apart by 8 floats more, so that four steps meet all banks, and where each
    // step reads.
    const int row = s_.fragment > 0 ? s_.rows + 8 + 1 : (s_.rows + 3) / 4 * 4;
    launch_.shared_bytes = sizeof(float) * static_cast<std::size_t>(s_.staged) *
                           static_cast<std::size_t>(row) * (has_own_weights() ? side_by_side : 1);
  } else {
    const long tiles = of_step                           ? (tiles_of(outer_axes()) + 31) / 32
                       : s_.vectors == vector_axis::rows ? tiles_of(0) * ((q_.extents[1] + 31) / 32)
                                                         : tiles_of(outer_axes());
    launch_.groups = groups_for((tiles + side_by_side - 1) / side_by_side, most);
  }
}

cuda_launch cuda_launch_of(const program& p, std::size_t kernel) {
  writer nothing;
  return cuda_kernel_printer(nothing, p, kernel).launch();
}

std::string cuda_kernel_printer::name_of(int tensor) const {
  for (const parameter_name& n : names_) {
    if (n.tensor == tensor)
      return block_by_block_ && steps_from_block_to_block(tensor) ? n.name + "_block" : n.name;
  }
  throw internal_bug(k_.name + " has no parameter for tensor " + p_.of(tensor).name);
}

bool cuda_kernel_printer::has(op kind) const { return contains(q_, kind); }

void cuda_kernel_printer::body() {
  if (launch_.halo)
    w_.line("tenon::cuda::clear_halo({}, halo, {}, t);", name_of(k_.out),
            float_literal(p_.layouts[static_cast<std::size_t>(k_.out)].halo_value));
  switch (s_.vectors) {
    case vector_axis::samples:
      return s_.fragment > 0 ? fragment_tiles() : s_.staged > 0 ? staged_tiles() : warp_tiles();
    case vector_axis::sample_sums:
      return group_sums();
    case vector_axis::rows:
      return rows();
    case vector_axis::none:
      return elements();
    case vector_axis::outputs:
    case vector_axis::one_lane:
      break;
  }
  throw internal_bug("CUDA: " + k_.name + " has lanes that are not samples");
}

int cuda_kernel_printer::tile_of(int a) const {
  return a == s_.row_axis      ? s_.rows
         : a == s_.column_axis ? s_.columns
         : a == s_.plane_axis  ? s_.planes
                               : 1;
}
int cuda_kernel_printer::tiles_of(int a) const { return (extent(a) + tile_of(a) - 1) / tile_of(a); }
long cuda_kernel_printer::tiles_of(const std::vector<int>& axes) const {
  long n = 1;
  for (int a : axes) n *= tiles_of(a);
  return n;
}
std::vector<int> cuda_kernel_printer::outer_axes() const {
  std::vector<int> all;
  for (int a = 0; a < q_.outer; ++a) all.push_back(a);
  return all;
}

void cuda_kernel_printer::decode(const std::string& number, const std::vector<int>& axes) {
  long inner = tiles_of(axes);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const int a = axes[i], tiles = tiles_of(a), tile = tile_of(a);
    const std::string& name = axes_[index(a)];
    const bool outermost = inner == tiles_of(axes);
    inner /= tiles;
    if (tiles == 1) {
      w_.line("constexpr unsigned {} = 0;", name);
      continue;
    }
    std::string at = number;
    if (inner > 1) at += fmt::format(" / {}", inner);
    if (!outermost) at += fmt::format(" % {}", tiles);
    if (tile > 1) at += fmt::format(" * {}", tile);
    if (tiles * tile > extent(a)) at = fmt::format("min({}, {}u)", at, extent(a) - tile);
    w_.line("const unsigned {} = {};", name, at);
  }
}

long cuda_kernel_printer::steps() const {
  long all = 1;
  for (std::size_t a = index(q_.outer); a < q_.extents.size(); ++a) all *= q_.extents[a];
  return all;
}

std::vector<std::string> cuda_kernel_printer::names_at_step(const std::string& number) const {
  std::vector<std::string> names = axes_;
  long inner = 1;
  for (std::size_t a = q_.extents.size(); a-- > index(q_.outer);) {
    const bool last = a == index(q_.outer);
    std::string at = inner == 1 ? number : fmt::format("{} / {}", number, inner);
    if (!last) at = fmt::format("{} % {}", at, q_.extents[a]);
    names[a] = at == number ? at : "(" + at + ")";
    inner *= q_.extents[a];
  }
  return names;
}

void cuda_kernel_printer::loop(const std::string& name, const std::string& begin,
                               const std::string& end, const std::string& step,
                               const std::function<void()>& inner) {
  w_.block(fmt::format("for (unsigned {0} = {1}; {0} < {2}; {3})", name, begin, end,
                       step == "1" ? "++" + name : name + " += " + step),
           inner);
}

void cuda_kernel_printer::reduced_loops(std::size_t axis_id, const std::function<void()>& inner) {
  if (!reduction_ || axis_id == q_.extents.size()) return inner();
  const bool first = axis_id == static_cast<std::size_t>(q_.outer);
  const bool shared = warps_share_steps_ && first;
  std::string begin = "0", end = std::to_string(q_.extents[axis_id]);
  const int steps = q_.extents[axis_id];
  long after = 1;
  for (std::size_t a = axis_id + 1; a < q_.extents.size(); ++a) after *= q_.extents[a];
  const bool in_rounds = staged_ != nullptr && first && s_.staged < steps * after;
  if (in_rounds)
    begin = axes_[axis_id] + "_begin",
    end = fmt::format("{}_begin + {}", axes_[axis_id], s_.staged / after);
  for (const clip& c : s_.clips) {
    if (c.reduced != static_cast<int>(axis_id) || in_rounds) continue;
    const std::string& name = axes_[axis_id];
    w_.line("const unsigned {0}_begin = {1}, {0}_end = {2};  // taps in the halo add nothing", name,
            clip_text(c, true), clip_text(c, false));
    begin = name + "_begin", end = name + "_end";
  }
  if (shared) begin = begin == "0" ? "t.warp_in_group" : begin + " + t.warp_in_group";
  if (axis_id + 1 == q_.extents.size()) unroll(steps);
  loop(axes_[axis_id], begin, end, shared ? "t.warps_in_group" : "1",
       [&] { reduced_loops(axis_id + 1, inner); });
}

// So many steps at once as keep about 64 sums and what they need on their way: the compiler's own
// choice takes more registers than there are (4 x 2 sums: 168, and some go to memory).
void cuda_kernel_printer::unroll(int steps) {
  constexpr int on_their_way = 64, most = 8;
  const int at_once = std::clamp(on_their_way / (s_.rows * columns()), 2, most);
  if (steps > at_once) w_.line("#pragma unroll {}", at_once);
}

std::string cuda_kernel_printer::clip_text(const clip& c, bool begin) const {
  const int taps = extent(c.reduced), last = extent(c.outer) - 1, steps = std::abs(c.scale);
  const std::string& o = axes_[index(c.outer)];
  const std::string at = steps == 1 ? o : fmt::format("{} * {}", steps, o);
  const auto moved = [&](int by) {  // by + scale * o
    if (c.scale < 0) return fmt::format("{} - {}", by, at);
    return by == 0 ? at : fmt::format("{} {} {}", at, by < 0 ? '-' : '+', std::abs(by));
  };
  if (!begin) {
    if (std::min(c.end(0, taps), c.end(last, taps)) >= taps) return std::to_string(taps);
    return fmt::format("min({}u, {})", taps, moved(c.high));
  }
  if (c.scale > 0 && c.low >= 0) return moved(c.low);
  if (std::max(c.begin(0), c.begin(last)) <= 0) return "0";
  return fmt::format("{} {} {}u ? {} : 0", at, c.scale < 0 ? '<' : '>', std::abs(c.low),
                     moved(c.low));
}

void cuda_kernel_printer::alive() {
  if (has(op::live)) w_.line("const bool alive = block * {} + b < call.n;", p_.block);
}

std::string cuda_kernel_printer::address(const affine& a, int i, int j) const {
  affine shifted = a;
  if (s_.row_axis >= 0) shifted.constant += i * a.coefficient(s_.row_axis);
  if (s_.column_axis >= 0) shifted.constant += j % s_.columns * a.coefficient(s_.column_axis);
  if (s_.plane_axis >= 0) shifted.constant += j / s_.columns * a.coefficient(s_.plane_axis);
  return index_text(shifted, axes_);
}

std::string cuda_kernel_printer::accumulator(int i, int j) const {
  return s_.rows * columns() == 1 ? "sum"
         : columns() == 1         ? fmt::format("sum{}", i)
                                  : fmt::format("sum{}_{}", i, j);
}

void cuda_kernel_printer::for_tile(const std::function<void(int, int)>& f) {
  for (int i = 0; i < s_.rows; ++i) {
    for (int j = 0; j < columns(); ++j) f(i, j);
  }
}

void cuda_kernel_printer::declare_accumulators() {
  const bool sums = !reduction_ || reduction_->kind == op::sum;
  const char* const from = sums ? "0.0f" : "-std::numeric_limits<float>::infinity()";
  for_tile([&](int i, int j) {
    w_.line("float {} = {};", accumulator(i, j), from);
    if (reduction_ && reduction_->kind == op::first_maximum)
      w_.line("float {}_at = 0.0f;", accumulator(i, j));
  });
}

std::string cuda_kernel_printer::reduction_of(int i, int j) const {
  const bool place = reduction_ && reduction_->kind == op::first_maximum;
  return accumulator(i, j) + (place ? "_at" : "");
}

std::string cuda_kernel_printer::load(loads& scope, const node& n, int i, int j) {
  if (&n == staged_) {
    constexpr const char* part[] = {"x", "y", "z", "w"};
    return fmt::format("{}{}.{}", name_of(n.tensor), i / 4, part[i % 4]);
  }
  const std::string name = name_of(n.tensor), at = address(n.index[0], i, j);
  const home where = p_.of(n.tensor).where;
  if (where == home::part)
    return fmt::format("tenon::cuda::sum_over_parts({} + {}, call.parts, part_step)", name, at);
  const std::string text = fmt::format("{}[{}{}]", name, at, where == home::sample ? " + b" : "");
  if (s_.vectors == vector_axis::none) return text;
  if (auto found = scope.known.find(text); found != scope.known.end()) return found->second;
  const std::string bare = name.ends_with("_block") ? name.substr(0, name.size() - 6) : name;
  const std::string variable = fmt::format("{}{}", bare, scope.counter[bare]++);
  w_.line("const float {} = {};", variable, text);
  return scope.known[text] = variable;
}

dialect cuda_kernel_printer::device_dialect(loads& scope, int i, int j) {
  dialect in;
  in.vectors = false;
  in.device = true;
  in.read = [this, &scope, i, j](const node& n) { return load(scope, n, i, j); };
  in.reduction = [this, i, j](const node&) { return reduction_of(i, j); };
  in.index = [this, i, j](const affine& a) { return address(a, i, j); };
  for (const node* n : in_order(q_.value)) {
    if (n->kind == op::uniform)
      in.uniform = fmt::format(
          "tenon::cuda::uniform(call.seed, {}, call.step, call.first_sample + block * {} + b, {})",
          n->stream, p_.block, address(n->index[0], i, j));
  }
  return in;
}

void print_cuda_kernel(writer& w, const program& p, std::size_t kernel) {
  cuda_kernel_printer(w, p, kernel).print();
}

}  // namespace tenon::codegen
