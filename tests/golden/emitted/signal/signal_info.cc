// signal, tables. Written by tenon 0.1.0 from golden.hpp; do not edit: change the network and build
// again.
#include <tenon/core_info.hpp>

#include "emitted/signal.hpp"

namespace emitted::signal {
namespace scalar {
  double loss(const double* parameters, const double* x, const double* target, std::size_t n,
      std::uint64_t seed, std::uint64_t step,
              double* y, double* d_parameters, double* d_x, double* spreads);
}
namespace {

constexpr int input_shape[] = {1, 12};
constexpr int output_shape[] = {4, 12};
constexpr int target_shape[] = {4, 12};

constexpr int conv1d_1_weight_shape[] = {3, 1, 3};
constexpr int conv1d_1_bias_shape[] = {3};
constexpr tenon::parameter_info parameters[] = {
  {.name = "conv1d_1.weight", .layer = "conv1d_1", .kind = "weight", .shape = conv1d_1_weight_shape,
      .offset = 0, .rows = 3, .row = 3, .stride = 16, .buffer = false, .decays = true,
      .how = tenon::initializer::fan_in_uniform, .value = 0.0, .fan_in = 3, .fan_out = 9},
  {.name = "conv1d_1.bias", .layer = "conv1d_1", .kind = "bias", .shape = conv1d_1_bias_shape,
      .offset = 48, .rows = 1, .row = 3, .stride = 16, .buffer = false, .decays = false,
      .how = tenon::initializer::fan_in_uniform, .value = 0.0, .fan_in = 3, .fan_out = 9},
};

constexpr tenon::kernel_info eval_kernels[] = {
  {.name = "conv1d_1", .layer = "conv1d_1", .flops = 216.0, .bytes = 195.0, .calls = 2},
  {.name = "avg_pool_1", .layer = "avg_pool_1", .flops = 0.0, .bytes = 96.0, .calls = 2},
  {.name = "concat_1", .layer = "concat_1", .flops = 0.0, .bytes = 336.0, .calls = 2},
  {.name = "concat_1_2", .layer = "concat_1", .flops = 0.0, .bytes = 240.0, .calls = 2},
};

constexpr tenon::kernel_info single_kernels[] = {
  {.name = "conv1d_1", .layer = "conv1d_1", .flops = 216.0, .bytes = 240.0, .calls = 1},
  {.name = "avg_pool_1", .layer = "avg_pool_1", .flops = 0.0, .bytes = 96.0, .calls = 1},
  {.name = "concat_1", .layer = "concat_1", .flops = 0.0, .bytes = 336.0, .calls = 1},
  {.name = "concat_1_2", .layer = "concat_1", .flops = 0.0, .bytes = 240.0, .calls = 1},
};

constexpr tenon::kernel_info train_kernels[] = {
  {.name = "conv1d_1", .layer = "conv1d_1", .flops = 216.0, .bytes = 195.0, .calls = 2},
  {.name = "avg_pool_1", .layer = "avg_pool_1", .flops = 0.0, .bytes = 96.0, .calls = 2},
  {.name = "concat_1", .layer = "concat_1", .flops = 0.0, .bytes = 336.0, .calls = 2},
  {.name = "concat_1_2", .layer = "concat_1", .flops = 0.0, .bytes = 240.0, .calls = 2},
  {.name = "mean_squared_error_1_sum_part", .layer = "mean_squared_error_1", .flops = 0.0,
      .bytes = 384.25, .calls = 2},
  {.name = "mean_squared_error_1_gradient", .layer = "mean_squared_error_1", .flops = 0.0,
      .bytes = 576.0, .calls = 2},
  {.name = "concat_1_input_gradient", .layer = "concat_1", .flops = 0.0, .bytes = 336.0,
      .calls = 2},
  {.name = "conv1d_1_weight_gradient", .layer = "conv1d_1", .flops = 216.0, .bytes = 194.25,
      .calls = 2},
  {.name = "conv1d_1_bias_gradient", .layer = "conv1d_1", .flops = 0.0, .bytes = 144.75,
      .calls = 2},
  {.name = "mean_squared_error_1_sum", .layer = "mean_squared_error_1", .flops = 0.0, .bytes = 0.5,
      .calls = 1},
  {.name = "conv1d_1_weight_gradient_collect", .layer = "conv1d_1", .flops = 0.0, .bytes = 4.5,
      .calls = 1},
  {.name = "conv1d_1_bias_gradient_collect", .layer = "conv1d_1", .flops = 0.0, .bytes = 1.5,
      .calls = 1},
};

constexpr std::string_view layers[] = {"conv1d_1", "avg_pool_1", "concat_1"};

constexpr std::string_view notes[] = {
  "16 samples to a block",
};

constexpr tenon::network_info info {
  .name = "signal",
  .signature = signature,
  .input_shape = input_shape,
  .output_shape = output_shape,
  .target_shape = target_shape,
  .target_is_class = false,
  .classes = 0,
  .batch = 32,
  .block = 16,
  .norm_positions = 0,
  .parameter_count = 12,
  .macs = 108,
  .flops_eval = 216,
  .flops_train = 432,
  .image_floats = image_floats,
  .eval_image_floats = eval_image_floats,
  .eval_arena_bytes = eval_arena_bytes,
  .train_arena_bytes = train_arena_bytes,
  .parameters = parameters,
  .eval_kernels = eval_kernels,
  .train_kernels = train_kernels,
  .notes = notes,
  .single_kernels = single_kernels,
  .most_singles = 2,
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

}  // namespace emitted::signal

#ifndef TENON_SEVERAL_NETWORKS  // programs with more than one ask each for its entry()
const tenon::network_entry& tenon_network() noexcept { return emitted::signal::entry(); }
#endif
