// perceptron, tables. Written by tenon 0.1.0 from golden.hpp; do not edit: change the network and
// build again.
#include <tenon/core_info.hpp>

#include "emitted/perceptron.hpp"

namespace emitted::perceptron {
namespace scalar {
  double loss(const double* parameters, const double* x, const double* target, std::size_t n,
      std::uint64_t seed, std::uint64_t step,
              double* y, double* d_parameters, double* d_x, double* spreads);
}
namespace {

constexpr int input_shape[] = {5};
constexpr int output_shape[] = {3};

constexpr int linear_1_weight_shape[] = {7, 5};
constexpr int linear_1_bias_shape[] = {7};
constexpr int linear_2_weight_shape[] = {7, 7};
constexpr int linear_2_bias_shape[] = {7};
constexpr int linear_3_weight_shape[] = {3, 7};
constexpr int linear_3_bias_shape[] = {3};
constexpr tenon::parameter_info parameters[] = {
  {.name = "linear_1.weight", .layer = "linear_1", .kind = "weight", .shape = linear_1_weight_shape,
      .offset = 0, .rows = 7, .row = 5, .stride = 16, .buffer = false, .decays = true,
      .how = tenon::initializer::fan_in_uniform, .value = 0.0, .fan_in = 5, .fan_out = 7},
  {.name = "linear_1.bias", .layer = "linear_1", .kind = "bias", .shape = linear_1_bias_shape,
      .offset = 272, .rows = 1, .row = 7, .stride = 16, .buffer = false, .decays = false,
      .how = tenon::initializer::fan_in_uniform, .value = 0.0, .fan_in = 5, .fan_out = 7},
  {.name = "linear_2.weight", .layer = "linear_2", .kind = "weight", .shape = linear_2_weight_shape,
      .offset = 112, .rows = 7, .row = 7, .stride = 16, .buffer = false, .decays = true,
      .how = tenon::initializer::fan_in_uniform, .value = 0.0, .fan_in = 7, .fan_out = 7},
  {.name = "linear_2.bias", .layer = "linear_2", .kind = "bias", .shape = linear_2_bias_shape,
      .offset = 288, .rows = 1, .row = 7, .stride = 16, .buffer = false, .decays = false,
      .how = tenon::initializer::fan_in_uniform, .value = 0.0, .fan_in = 7, .fan_out = 7},
  {.name = "linear_3.weight", .layer = "linear_3", .kind = "weight", .shape = linear_3_weight_shape,
      .offset = 224, .rows = 3, .row = 7, .stride = 16, .buffer = false, .decays = true,
      .how = tenon::initializer::fan_in_uniform, .value = 0.0, .fan_in = 7, .fan_out = 3},
  {.name = "linear_3.bias", .layer = "linear_3", .kind = "bias", .shape = linear_3_bias_shape,
      .offset = 304, .rows = 1, .row = 3, .stride = 16, .buffer = false, .decays = false,
      .how = tenon::initializer::fan_in_uniform, .value = 0.0, .fan_in = 7, .fan_out = 3},
};

constexpr tenon::kernel_info eval_kernels[] = {
  {.name = "linear_1", .layer = "linear_1", .flops = 70.0, .bytes = 58.5, .calls = 2},
  {.name = "linear_2", .layer = "linear_2", .flops = 98.0, .bytes = 70.0, .calls = 2},
  {.name = "linear_3", .layer = "linear_3", .flops = 42.0, .bytes = 46.0, .calls = 2},
  {.name = "softmax_cross_entropy_1_maximum", .layer = "softmax_cross_entropy_1", .flops = 0.0,
      .bytes = 16.0, .calls = 2},
  {.name = "softmax_cross_entropy_1_total", .layer = "softmax_cross_entropy_1", .flops = 0.0,
      .bytes = 20.0, .calls = 2},
  {.name = "softmax_cross_entropy_1_probabilities", .layer = "softmax_cross_entropy_1",
      .flops = 0.0, .bytes = 32.0, .calls = 2},
};

constexpr tenon::kernel_info single_kernels[] = {
  {.name = "linear_1", .layer = "linear_1", .flops = 70.0, .bytes = 216.0, .calls = 1},
  {.name = "linear_2", .layer = "linear_2", .flops = 98.0, .bytes = 280.0, .calls = 1},
  {.name = "linear_3", .layer = "linear_3", .flops = 42.0, .bytes = 136.0, .calls = 1},
  {.name = "softmax_cross_entropy_1_maximum", .layer = "softmax_cross_entropy_1", .flops = 0.0,
      .bytes = 16.0, .calls = 1},
  {.name = "softmax_cross_entropy_1_total", .layer = "softmax_cross_entropy_1", .flops = 0.0,
      .bytes = 20.0, .calls = 1},
  {.name = "softmax_cross_entropy_1_probabilities", .layer = "softmax_cross_entropy_1",
      .flops = 0.0, .bytes = 32.0, .calls = 1},
};

constexpr tenon::kernel_info train_kernels[] = {
  {.name = "linear_1", .layer = "linear_1", .flops = 70.0, .bytes = 58.5, .calls = 2},
  {.name = "linear_2", .layer = "linear_2", .flops = 98.0, .bytes = 70.0, .calls = 2},
  {.name = "residual_1", .layer = "residual_1", .flops = 0.0, .bytes = 84.0, .calls = 2},
  {.name = "linear_3", .layer = "linear_3", .flops = 42.0, .bytes = 46.0, .calls = 2},
  {.name = "softmax_cross_entropy_1_maximum", .layer = "softmax_cross_entropy_1", .flops = 0.0,
      .bytes = 16.0, .calls = 2},
  {.name = "softmax_cross_entropy_1_total", .layer = "softmax_cross_entropy_1", .flops = 0.0,
      .bytes = 20.0, .calls = 2},
  {.name = "softmax_cross_entropy_1_sum_of_sample", .layer = "softmax_cross_entropy_1",
      .flops = 0.0, .bytes = 28.0, .calls = 2},
  {.name = "softmax_cross_entropy_1_sum_part", .layer = "softmax_cross_entropy_1", .flops = 0.0,
      .bytes = 4.25, .calls = 2},
  {.name = "softmax_cross_entropy_1_gradient", .layer = "softmax_cross_entropy_1", .flops = 0.0,
      .bytes = 36.0, .calls = 2},
  {.name = "linear_3_input_gradient", .layer = "linear_3", .flops = 42.0, .bytes = 45.25,
      .calls = 2},
  {.name = "residual_1_transposed", .layer = "linear_3", .flops = 0.0, .bytes = 56.0, .calls = 2},
  {.name = "linear_3_weight_gradient", .layer = "linear_3", .flops = 42.0, .bytes = 45.25,
      .calls = 2},
  {.name = "linear_3_bias_gradient", .layer = "linear_3", .flops = 0.0, .bytes = 12.75, .calls = 2},
  {.name = "tanh_1_gradient", .layer = "tanh_1", .flops = 0.0, .bytes = 84.0, .calls = 2},
  {.name = "relu_1_transposed", .layer = "linear_2", .flops = 0.0, .bytes = 56.0, .calls = 2},
  {.name = "linear_2_weight_gradient", .layer = "linear_2", .flops = 98.0, .bytes = 68.25,
      .calls = 2},
  {.name = "linear_2_bias_gradient", .layer = "linear_2", .flops = 0.0, .bytes = 29.75, .calls = 2},
  {.name = "linear_2_input_gradient", .layer = "linear_2", .flops = 98.0, .bytes = 124.25,
      .calls = 2},
  {.name = "input_transposed", .layer = "linear_1", .flops = 0.0, .bytes = 40.0, .calls = 2},
  {.name = "linear_1_weight_gradient", .layer = "linear_1", .flops = 70.0, .bytes = 56.75,
      .calls = 2},
  {.name = "linear_1_bias_gradient", .layer = "linear_1", .flops = 0.0, .bytes = 29.75, .calls = 2},
  {.name = "softmax_cross_entropy_1_sum", .layer = "softmax_cross_entropy_1", .flops = 0.0,
      .bytes = 0.5, .calls = 1},
  {.name = "linear_3_weight_gradient_collect", .layer = "linear_3", .flops = 0.0, .bytes = 10.5,
      .calls = 1},
  {.name = "linear_3_bias_gradient_collect", .layer = "linear_3", .flops = 0.0, .bytes = 1.5,
      .calls = 1},
  {.name = "linear_2_weight_gradient_collect", .layer = "linear_2", .flops = 0.0, .bytes = 24.5,
      .calls = 1},
  {.name = "linear_2_bias_gradient_collect", .layer = "linear_2", .flops = 0.0, .bytes = 3.5,
      .calls = 1},
  {.name = "linear_1_weight_gradient_collect", .layer = "linear_1", .flops = 0.0, .bytes = 17.5,
      .calls = 1},
  {.name = "linear_1_bias_gradient_collect", .layer = "linear_1", .flops = 0.0, .bytes = 3.5,
      .calls = 1},
};

constexpr std::string_view layers[] =
    {"linear_1", "relu_1", "linear_2", "tanh_1", "residual_1", "linear_3"};

constexpr std::string_view notes[] = {
  "16 samples to a block",
};

constexpr tenon::network_info info {
  .name = "perceptron",
  .signature = signature,
  .input_shape = input_shape,
  .output_shape = output_shape,
  .target_shape = std::span<const int>{},
  .target_is_class = true,
  .classes = 3,
  .batch = 32,
  .block = 16,
  .norm_positions = 0,
  .parameter_count = 122,
  .macs = 105,
  .flops_eval = 210,
  .flops_train = 560,
  .image_floats = image_floats,
  .eval_image_floats = eval_image_floats,
  .eval_arena_bytes = eval_arena_bytes,
  .train_arena_bytes = train_arena_bytes,
  .parameters = parameters,
  .eval_kernels = eval_kernels,
  .train_kernels = train_kernels,
  .notes = notes,
  .single_kernels = single_kernels,
  .most_singles = 1,
};

}  // namespace

const tenon::network_entry& entry() noexcept {
  static constexpr tenon::network_entry all {
    .info = &info,
    .make_evaluator = tenon::adapt_evaluator<eval>::make,
    .make_trainer = tenon::adapt_trainer<train>::make,
    .fold = fold,
    .scalar = {scalar::loss, layers},
  };
  return all;
}

}  // namespace emitted::perceptron

#ifndef TENON_SEVERAL_NETWORKS  // programs with more than one ask each for its entry()
const tenon::network_entry& tenon_network() noexcept { return emitted::perceptron::entry(); }
#endif
