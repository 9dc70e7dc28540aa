// The heads of a kernel: its banner, its parameters, and the function that takes it to a grid.
#include <algorithm>

#include "codegen/print/cuda_kernel.hpp"

namespace tenon::codegen {

void cuda_kernel_printer::print() {
  banner();
  w_.block("__device__ __forceinline__ void " + identifier(k_.name) + "(" + parameters() + ")",
           [&] { body(); });
  on_grid();
  w_.line("");
}

void cuda_kernel_printer::banner() {
  comment(w_, identifier(k_.name) + ": " + formula(p_, k_));
  std::string shapes;
  for (const parameter_name& n : names_)
    shapes += fmt::format("{}{} {}", shapes.empty() ? "" : ", ", n.name, stored(n.tensor));
  const std::string tile = tile_text();
  comment(w_, shapes + "." + (tile.empty() ? "" : "   " + tile));
  if (s_.flops > 0)
    comment(w_, fmt::format("{} FLOP per sample.{}", grouped(static_cast<long>(s_.flops)),
                            k_.note.empty() ? "" : "   " + k_.note + "."));
  else if (!k_.note.empty())
    comment(w_, k_.note + ".");
}

std::string cuda_kernel_printer::stored(int id) const {
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

std::string cuda_kernel_printer::tile_text() const {
  if (s_.vectors == vector_axis::none) return {};
  std::string s;
  if (s_.vectors == vector_axis::rows)
    return fmt::format("A warp sums {} rows x 32 columns.", s_.rows);
  const char* const who = s_.vectors == vector_axis::sample_sums ? "group" : "warp";
  const std::string tile = s_.planes > 1
                               ? fmt::format("{} x ({} x {})", s_.rows, s_.planes, s_.columns)
                           : columns() > 1 ? fmt::format("{} x {}", s_.rows, s_.columns)
                                           : fmt::format("{}", s_.rows);
  s = fmt::format("Tile of a {}: {}; {} of them.", who, tile, grouped(tiles_of(outer_axes())));
  if (fragment_) s += fmt::format(" Tensor cores: {}, summed in float32.", fragment_);
  return s + resources();
}

// What the kernel is expected to take, and how many groups a multiprocessor of 64 K registers and
// 227 KB can hold then: sums, their operands, and some forty addresses, counters and values on
// their way.
std::string cuda_kernel_printer::resources() const {
  constexpr int others = 40, all_registers = 64 << 10, most_groups = 16;
  constexpr std::size_t all_bytes = 227 << 10;
  const int sums = s_.rows * columns();
  const int registers = (sums + s_.rows + columns() + others + 7) / 8 * 8;
  int groups =
      std::min(most_groups, all_registers / (registers * 32 * static_cast<int>(launch_.warps)));
  std::string s = fmt::format(" About {} registers", registers);
  if (launch_.shared_bytes > 0) {
    groups = std::min(groups, static_cast<int>(all_bytes / launch_.shared_bytes));
    s += fmt::format(", {} bytes of shared memory",
                     grouped(static_cast<long>(launch_.shared_bytes)));
  }
  return s + fmt::format(": {} groups to a multiprocessor.", groups);
}

bool cuda_kernel_printer::steps_from_block_to_block(int tensor) const {
  return launch_.blocks && p_.of(tensor).where == home::sample;
}

std::string cuda_kernel_printer::parameters() const {
  std::string s;
  for (const parameter_name& n : names_) {
    s += fmt::format("{}float* __restrict__ {}, ", n.tensor == k_.out ? "" : "const ", n.name);
    if (steps_from_block_to_block(n.tensor)) s += fmt::format("size_t {}_step, ", n.name);
  }
  if (launch_.parts) s += "size_t part_step, ";
  if (launch_.call) s += "const tenon::cuda::call& call, ";
  if (launch_.block) s += "unsigned block, ";
  if (launch_.blocks) s += "unsigned first, unsigned last, ";
  if (launch_.halo) s += "const tenon::cuda::shape& halo, ";
  return s + "const tenon::cuda::team& t";
}

// The same for all blocks of a batch, or for its parts, side by side.
void cuda_kernel_printer::on_grid() {
  const bool parts = launch_.blocks && s_.when != stage::whole;
  const bool blocks = !launch_.blocks && s_.vectors != vector_axis::none;
  std::string head = "const tenon::cuda::call* call", call;
  for (const parameter_name& n : names_) {
    const bool out = n.tensor == k_.out, sample = p_.of(n.tensor).where == home::sample;
    head += fmt::format(", {}float* {}", out ? "" : "const ", n.name);
    if (sample || (out && parts)) head += fmt::format(", size_t {}_step", n.name);
    call += fmt::format("{}{}{}", call.empty() ? "" : ", ", n.name,
                        blocks && sample    ? fmt::format(" + block * {}_step", n.name)
                        : out && parts      ? fmt::format(" + part * {}_step", n.name)
                        : sample && !blocks ? fmt::format(", {}_step", n.name)
                                            : "");
  }
  if (launch_.parts) head += ", size_t part_step", call += ", part_step";
  if (launch_.call) call += ", *call";
  if (launch_.block) call += ", block";
  if (launch_.blocks)
    call += parts ? ", part * blocks / call->parts, (part + 1) * blocks / call->parts"
                  : ", 0, call->blocks()";
  if (launch_.halo) head += ", tenon::cuda::shape halo", call += ", halo";
  const bool unused = !parts && !blocks && !launch_.call && !launch_.blocks;
  if (unused)
    head.replace(0, head.find(',') == std::string::npos ? head.size() : head.find(','),
                 "const tenon::cuda::call*");
  const std::string name = identifier(k_.name);
  // Of a network in one kernel the others are its steps; what happens at opening stands apart.
  const bool step = p_.together > 0 && !(p_.in == mode::eval && s_.when == stage::prepare);
  if (!step) w_.line("__global__ void __launch_bounds__({})", 32 * launch_.warps);
  w_.block((step ? "__device__ __forceinline__ void " : "") + name + "_on_grid(" + head + ")", [&] {
    if (blocks) {
      w_.line("const unsigned block = tenon::cuda::index_y();");
      w_.line("if (block >= call->blocks()) return;");
    } else if (parts) {
      w_.line("const unsigned part = tenon::cuda::index_y(), blocks = call->blocks();");
      w_.line("if (part >= call->parts) return;");
    }
    w_.line("{}({}, tenon::cuda::team::of_{}());", name, call, blocks || parts ? "grid" : "all");
  });
}

}  // namespace tenon::codegen
