// Contractions on tensor cores: a warp takes fragments of 16 rows of weights for the 32 samples of
// a block. Weights are brought to shared memory as for other contractions, already rounded, and
// beside them where each step of the sum finds its sample.
#include "codegen/print/cuda_kernel.hpp"

namespace tenon::codegen {

void cuda_kernel_printer::fragment_tiles() {
  const factors f = factors_of(q_);
  const node& samples = *(staged_ == f.a ? f.b : f.a);
  const std::string weights = name_of(staged_->tensor), x = name_of(samples.tensor),
                    numbers = fmt::format("tenon::cuda::{}", fragment_);
  const long all = steps();
  const int width = s_.rows + 8, staged = s_.staged, high = s_.rows / 16;
  const bool in_rounds = staged < all;
  affine of_step = samples.index[0], of_tile = samples.index[0];
  for (const affine::term& t : samples.index[0].terms)
    (t.axis < q_.outer ? of_step : of_tile).add(t.axis, -t.coefficient);
  of_step.constant = 0;

  pieces(staged * (width + 1), [&] {
    w_.line("int* const offset = reinterpret_cast<int*>({}_tile + {});  // of each step in {}",
            weights, staged * width, x);
    for (int j = 0; j < s_.columns; ++j) w_.line("float sum{}[{}][4][4] = {{}};", j, high);
    const auto round = [&] {
      const std::string begin = in_rounds ? "begin + " : "";
      meet("  // nobody needs the weights before any more");
      loop("e", everyone(), std::to_string(s_.rows * staged), everyones_step(), [&] {
        w_.line("const unsigned step = {}e % {}, down = e / {};", begin, staged, staged);
        std::vector<std::string> names = names_at_step("step");
        names[index(s_.row_axis)] = fmt::format("({} + down)", names[index(s_.row_axis)]);
        const std::string value = fmt::format("{}::rounded({}[{}])", numbers, weights,
                                              index_text(staged_->index[0], names));
        w_.line("{}_tile[e % {} * {} + down] = {};", weights, staged, width,
                all % staged == 0 ? value : fmt::format("step < {} ? {} : 0.0f", all, value));
      });
      loop("e", everyone(), std::to_string(staged), everyones_step(), [&] {
        w_.line("const int step = static_cast<int>({}e);", begin);
        w_.line("offset[e] = {};", index_text(of_step, names_at_step("step")));
      });
      meet();
      const std::string left = in_rounds ? fmt::format("{} - begin", all) : std::to_string(all);
      loop("step", "0",
           in_rounds ? fmt::format("min({}u, {})", staged, left) : std::to_string(staged),
           std::to_string(s_.fragment), [&] { products(numbers, weights, x, of_tile, left); });
    };
    if (in_rounds)
      loop("begin", "0", std::to_string(all), std::to_string(staged), round);
    else
      round();
    store_fragments();
  });
}

void cuda_kernel_printer::products(const std::string& numbers, const std::string& weights,
                                   const std::string& x, const affine& of_tile,
                                   const std::string& left) {
  const int width = s_.rows + 8, high = s_.rows / 16;
  for (int m = 0; m < high; ++m)
    w_.line("const {0}::weights {1}{2} = {0}::weights_at({1}_tile + step * {3}{4}, {3});", numbers,
            weights, m, width, m == 0 ? "" : fmt::format(" + {}", 16 * m));
  w_.line("#pragma unroll");
  loop("s", "0", "4", "1", [&] {
    for (int j = 0; j < s_.columns; ++j) {
      w_.line("const {0}::samples {1}{2} = {0}::samples_at({1} + {3}, offset, step, {4}, s * 8);",
              numbers, x, j, address(of_tile, 0, j), left);
      for (int m = 0; m < high; ++m)
        w_.line("{}::multiply_add(sum{}[{}][s], {}{}, {}{});", numbers, j, m, weights, m, x, j);
    }
  });
}

// Lane by lane, where the fragments' sums lie.
void cuda_kernel_printer::store_fragments() {
  const std::vector<std::string> names = axes_;
  w_.line("#pragma unroll");
  loop("e", "0", std::to_string(s_.rows), "1", [&] {
    w_.line("const unsigned s = e / 4 % 4, n = e % 4, b = s * 8 + t.lane % 4 * 2 + n % 2;");
    w_.line("const unsigned down = {} + {}t.lane / 4 + n / 2 * 8;", names[index(s_.row_axis)],
            s_.rows > 16 ? "e / 16 * 16 + " : "");
    axes_[index(s_.row_axis)] = "down";
    alive();
    loads scope;
    int counter = 0;
    for (int j = 0; j < s_.columns; ++j) {
      dialect in = device_dialect(scope, 0, j);
      in.reduction = [&](const node&) {
        return fmt::format("sum{}[{}][s][n]", j, s_.rows > 16 ? "e / 16" : "0");
      };
      in.read = [&](const node& n) { return load(scope, n, 0, j); };
      const std::string v = print_expression(w_, q_.value, in, "r", counter);
      w_.line("{}[{} + b] = {};", name_of(k_.out), address(q_.at[0], 0, j), v);
    }
  });
  axes_ = names;
}

}  // namespace tenon::codegen
