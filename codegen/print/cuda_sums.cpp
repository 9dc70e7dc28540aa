// Sums over samples, and kernels of a step. Sums end in a fixed order, so that two runs give the
// same bits: positions by the warps of a group, then lanes by exchange, then warps one after the
// other, blocks in the order of the batch.
#include <algorithm>

#include "codegen/print/cuda_kernel.hpp"

namespace tenon::codegen {

void cuda_kernel_printer::group_sums() {
  const std::vector<int> axes = outer_axes();
  const int count = s_.rows * columns();
  const std::string out = name_of(k_.out);
  const char* const adds = alone_writes(p_, k_) ? "=" : "+=";
  w_.line("const unsigned b = t.lane;");
  w_.line("float* const sums = tenon::cuda::shared_memory();  // [{}][warps of the group]", count);
  const auto tile = [&] {
    declare_accumulators();
    warps_share_steps_ = true;
    const std::string begin = reduction_ ? "first" : "first + t.warp_in_group",
                      step = reduction_ ? "1" : "t.warps_in_group";
    loop("block", begin, "last", step, [&] {
      for (const parameter_name& n : names_) {
        if (steps_from_block_to_block(n.tensor))
          w_.line("const float* const {0}_block = {0} + block * {0}_step;", n.name);
      }
      block_by_block_ = true;
      alive();
      reduced_loops(index(q_.outer),
                    [&] { accumulate(reduction_ ? reduction_->args[0] : q_.value); });
      block_by_block_ = false;
    });
    warps_share_steps_ = false;
    w_.line("t.meet();  // the sums before are not needed any more");
    int at = 0;
    for_tile([&](int i, int j) {
      w_.line("tenon::cuda::keep_sum_of_lanes({}, sums, {}, t);", accumulator(i, j), at++);
    });
    w_.line("t.meet();");
    loop("e", "t.thread_in_group", std::to_string(count), "t.threads_in_group", [&] {
      w_.line(
          "const float total = tenon::cuda::sum_of_warps(sums + e * t.warps_in_group, "
          "t.warps_in_group);");
      const std::vector<std::string> names = axes_;
      const auto shift = [&](int a, const std::string& by) {
        if (a >= 0 && tile_of(a) > 1)
          axes_[index(a)] = fmt::format("({} + {})", names[index(a)], by);
      };
      shift(s_.row_axis, columns() == 1 ? "e" : fmt::format("e / {}", columns()));
      shift(s_.column_axis, s_.rows * s_.planes == 1 ? "e" : fmt::format("e % {}", s_.columns));
      shift(s_.plane_axis, fmt::format("e / {} % {}", s_.columns, s_.planes));
      loads scope;
      int counter = 0;
      dialect in = device_dialect(scope, 0, 0);
      in.reduction = [](const node&) { return std::string("total"); };
      const std::string v =
          reduction_ ? print_expression(w_, q_.value, in, "r", counter) : std::string("total");
      w_.line("{}[{}] {} {};", out, address(q_.at[0], 0, 0), adds, v);
      axes_ = names;
    });
  };
  if (tiles_of(axes) == 1) {
    w_.block("if (t.group == 0)", [&] { decode("0", axes), tile(); });
    return;
  }
  loop("tile", "t.group", std::to_string(tiles_of(axes)), "t.groups",
       [&] { decode("tile", axes), tile(); });
}

void cuda_kernel_printer::rows() {
  const factors f = factors_of(q_);
  const std::string y = name_of(k_.out), x = name_of(f.b->tensor), d_y = name_of(f.a->tensor);
  const long row = p_.layouts[index(k_.out)].stride[0];
  const int width = q_.extents[1], across = (width + 31) / 32, down = tiles_of(0);
  const char* const adds = alone_writes(p_, k_) ? "=" : "+=";
  loop("tile", "t.warp", std::to_string(down * across), "t.warps", [&] {
    if (down == 1)
      w_.line("constexpr unsigned {} = 0;", axes_[0]);
    else
      w_.line("const unsigned {} = min(tile / {} * {}, {}u);", axes_[0], across, s_.rows,
              extent(0) - s_.rows);
    w_.line("const unsigned column = tile % {} * 32 + t.lane, at = min(column, {}u);", across,
            width - 1);
    for (int r = 0; r < s_.rows; ++r) w_.line("float sum{} = 0.0f;", r);
    const auto row_address = [&](affine a, int r) {
      a.constant += r * a.coefficient(0);
      a.add(1, -a.coefficient(1));
      return index_text(a, axes_);
    };
    loop("block", "first", "last", "1", [&] {
      w_.line("const float* const {0}_block = {0} + block * {0}_step;", d_y);
      w_.line("const float* const {0}_block = {0} + block * {0}_step + at;", x);
      loop("s", "0", std::to_string(p_.block), "1", [&] {
        w_.line("const float x0 = {}_block[s * {}];", x, row);
        for (int r = 0; r < s_.rows; ++r)
          w_.line("sum{0} = fmaf({1}_block[{2} + s], x0, sum{0});", r, d_y,
                  row_address(f.a->index[0], r));
      });
    });
    w_.block(fmt::format("if (column < {})", width), [&] {
      for (int r = 0; r < s_.rows; ++r)
        w_.line("{}[{} + column] {} sum{};", y, row_address(q_.at[0], r), adds, r);
    });
  });
}

void cuda_kernel_printer::elements() {
  const std::vector<int> axes = outer_axes();
  loop("element", "t.thread", std::to_string(tiles_of(axes)), "t.threads", [&] {
    decode("element", axes);
    loads scope;
    const dialect in = [&] {
      dialect d = device_dialect(scope, 0, 0);
      d.reduction = [](const node&) { return std::string("sum"); };
      return d;
    }();
    if (reduction_) {
      const bool sums = reduction_->kind == op::sum;
      w_.line("float sum = {};", sums ? "0.0f" : "-std::numeric_limits<float>::infinity()");
      reduced_loops(index(q_.outer), [&] {
        int counter = 0;
        const std::string v = print_expression(w_, reduction_->args[0], in, "t", counter);
        w_.line(sums ? fmt::format("sum += {};", v)
                     : fmt::format("sum = tenon::cuda::larger(sum, {});", v));
      });
    }
    int counter = 0;
    const std::string v = print_expression(w_, q_.value, in, "r", counter);
    w_.line("{}[{}] = {};", name_of(k_.out), address(q_.at[0], 0, 0), v);
  });
}

}  // namespace tenon::codegen
