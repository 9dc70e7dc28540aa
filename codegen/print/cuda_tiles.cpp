// Kernels whose values belong to samples: a warp takes a tile of them for the 32 samples of a
// block, one to a lane. Weights are the same for all lanes; those of a contraction are brought to
// shared memory once for all warps of a group, in the order of the sum, four rows side by side.
#include <algorithm>

#include "codegen/print/cuda_kernel.hpp"

namespace tenon::codegen {

void cuda_kernel_printer::warp_tiles() {
  const std::vector<int> axes = outer_axes();
  w_.line("const unsigned b = t.lane;");
  alive();
  const auto tile = [&] {
    if (reduction_) {
      declare_accumulators();
      reduced_loops(index(q_.outer), [&] { accumulate(reduction_->args[0]); });
    }
    store_tile();
  };
  if (tiles_of(axes) == 1) {
    w_.block("if (t.warp == 0)", [&] { decode("0", axes), tile(); });
    return;
  }
  loop("tile", "t.warp", std::to_string(tiles_of(axes)), "t.warps",
       [&] { decode("tile", axes), tile(); });
}

bool cuda_kernel_printer::has_own_weights() const {
  long along = 1;
  for (int a : outer_axes()) along *= staged_->index[0].coefficient(a) == 0 ? tiles_of(a) : 1;
  return along == 1;
}

void cuda_kernel_printer::meet(const char* why) {
  w_.line(std::string(has_own_weights() ? "__syncwarp();" : "t.meet();") + why);
}

void cuda_kernel_printer::pieces(int floats_of_tile, const std::function<void()>& inner) {
  std::vector<int> across, along;  // axes that weights move along, and the others
  for (int a : outer_axes()) (staged_->index[0].coefficient(a) != 0 ? across : along).push_back(a);
  const long rows = tiles_of(across), columns = tiles_of(along);
  const std::string weights = name_of(staged_->tensor);
  if (has_own_weights()) {
    w_.line("float* const {}_tile = tenon::cuda::shared_memory() + t.warp_in_group * {};", weights,
            floats_of_tile);
    return loop("row", "t.warp", std::to_string(rows), "t.warps", [&] {
      decode("row", across);
      decode("0", along);
      inner();
    });
  }
  w_.line("float* const {}_tile = tenon::cuda::shared_memory();", weights);
  w_.line("const unsigned runs = ({} + t.warps_in_group - 1) / t.warps_in_group;", columns);
  loop("piece", "t.group", rows == 1 ? "runs" : fmt::format("{} * runs", rows), "t.groups", [&] {
    if (rows > 1) w_.line("const unsigned row = piece / runs;");
    w_.line("const unsigned tile = min({} * t.warps_in_group + t.warp_in_group, {}u);",
            rows > 1 ? "piece % runs" : "piece", columns - 1);
    decode("row", across);
    decode("tile", along);
    inner();
  });
}

void cuda_kernel_printer::staged_tiles() {
  const std::string weights = name_of(staged_->tensor);
  const int padded = (s_.rows + 3) / 4 * 4;
  const int steps = s_.staged, outermost = q_.outer;
  const long after = this->steps() / extent(outermost);
  const bool in_rounds = steps < this->steps();

  w_.line("const unsigned b = t.lane;");
  alive();
  pieces(steps * padded, [&] {
    declare_accumulators();
    // [row][step] in memory, [step][row] here: four rows are one load.
    const auto stage = [&] {
      meet("  // nobody needs the weights before any more");
      loop("e", everyone(), std::to_string(s_.rows * steps), everyones_step(), [&] {
        w_.line("const unsigned step = e % {}{};", steps,
                in_rounds ? fmt::format(" + {}_begin * {}", axes_[index(outermost)], after) : "");
        std::vector<std::string> names = names_at_step("step");
        names[index(s_.row_axis)] = fmt::format("({} + e / {})", names[index(s_.row_axis)], steps);
        w_.line("{0}_tile[{1} * {2} + e / {3}] = {0}[{4}];", weights,
                in_rounds ? fmt::format("e % {}", steps) : "step", padded, steps,
                index_text(staged_->index[0], names));
      });
      meet();
      reduced_loops(index(outermost), [&] {
        affine step;
        for (std::size_t a = index(outermost); a < q_.extents.size(); ++a)
          step = q_.extents[a] * step + affine(axis{static_cast<int>(a), 0});
        std::vector<std::string> names = axes_;
        if (in_rounds) {
          std::string& name = names[index(outermost)];
          name = fmt::format("({0} - {0}_begin)", name);
        }
        const std::string at = index_text(padded * step, names);
        for (int i = 0; i < s_.rows; i += 4)
          w_.line("const float4 {}{} = tenon::cuda::four_at({}_tile + {}{});", weights, i / 4,
                  weights, at, i == 0 ? "" : fmt::format(" + {}", i));
        accumulate(reduction_->args[0]);
      });
    };
    if (in_rounds)
      loop(axes_[index(outermost)] + "_begin", "0", std::to_string(extent(outermost)),
           std::to_string(steps / after), stage);
    else
      stage();
    store_tile();
  });
}

void cuda_kernel_printer::accumulate(const expr& body) {
  loads scope;
  int counter = 0;
  const bool sums = !reduction_ || reduction_->kind == op::sum;
  for_tile([&](int i, int j) {
    const std::string sum = accumulator(i, j);
    const dialect in = device_dialect(scope, i, j);
    if (body->kind == op::multiply && sums) {
      const std::string a = print_expression(w_, body->args[0], in, "t", counter);
      const std::string b = print_expression(w_, body->args[1], in, "t", counter);
      w_.line("{0} = fmaf({1}, {2}, {0});", sum, a, b);
      return;
    }
    const std::string v = print_expression(w_, body, in, "t", counter);
    if (sums) return w_.line("{} += {};", sum, v);
    if (reduction_->kind == op::maximum)
      return w_.line("{0} = tenon::cuda::larger({0}, {1});", sum, v);
    affine place;
    for (const axis& a : reduction_->axes) place = a.extent * place + affine(a);
    w_.line("if ({0} > {1}) {1} = {0}, {1}_at = static_cast<float>({2});", v, sum,
            address(place, i, j));
  });
}

void cuda_kernel_printer::store_tile() {
  loads scope;
  int counter = 0;
  for_tile([&](int i, int j) {
    const dialect in = device_dialect(scope, i, j);
    const std::string v = print_expression(w_, q_.value, in, "r", counter);
    w_.line("{}[{} + b] = {};", name_of(k_.out), address(q_.at[0], i, j), v);
  });
}

}  // namespace tenon::codegen
