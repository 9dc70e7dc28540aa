// convolution, tables. Written by tenon 0.1.0 from golden.hpp; do not edit: change the network and
// build again.
#include <tenon/core_info.hpp>

#include "emitted/convolution.hpp"

namespace emitted::convolution {
namespace scalar {
  double loss(const double* parameters, const double* x, const double* target, std::size_t n,
      std::uint64_t seed, std::uint64_t step,
              double* y, double* d_parameters, double* d_x, double* spreads);
}
namespace cuda { const tenon::cuda_network& entry() noexcept; }  // convolution_cuda_info.cu
namespace {

constexpr int input_shape[] = {2, 8, 8};
constexpr int output_shape[] = {3};

constexpr int conv2d_1_weight_shape[] = {4, 2, 3, 3};
constexpr int batch_norm_1_weight_shape[] = {4};
constexpr int batch_norm_1_bias_shape[] = {4};
constexpr int batch_norm_1_running_mean_shape[] = {4};
constexpr int batch_norm_1_running_var_shape[] = {4};
constexpr int linear_1_weight_shape[] = {3, 64};
constexpr int linear_1_bias_shape[] = {3};
constexpr tenon::parameter_info parameters[] = {
  {.name = "conv2d_1.weight", .layer = "conv2d_1", .kind = "weight", .shape = conv2d_1_weight_shape,
      .offset = 0, .rows = 4, .row = 18, .stride = 32, .buffer = false, .decays = true,
      .how = tenon::initializer::fan_in_uniform, .value = 0.0, .fan_in = 18, .fan_out = 36},
  {.name = "batch_norm_1.weight", .layer = "batch_norm_1", .kind = "weight",
      .shape = batch_norm_1_weight_shape, .offset = 320, .rows = 1, .row = 4, .stride = 16,
      .buffer = false, .decays = false, .how = tenon::initializer::constant, .value = 1.0,
      .fan_in = 0, .fan_out = 0},
  {.name = "batch_norm_1.bias", .layer = "batch_norm_1", .kind = "bias",
      .shape = batch_norm_1_bias_shape, .offset = 336, .rows = 1, .row = 4, .stride = 16,
      .buffer = false, .decays = false, .how = tenon::initializer::constant, .value = 0.0,
      .fan_in = 0, .fan_out = 0},
  {.name = "batch_norm_1.running_mean", .layer = "batch_norm_1", .kind = "running_mean",
      .shape = batch_norm_1_running_mean_shape, .offset = 368, .rows = 1, .row = 4, .stride = 16,
      .buffer = true, .decays = false, .how = tenon::initializer::constant, .value = 0.0,
      .fan_in = 0, .fan_out = 0, .first_weight = 0.1},
  {.name = "batch_norm_1.running_var", .layer = "batch_norm_1", .kind = "running_var",
      .shape = batch_norm_1_running_var_shape, .offset = 384, .rows = 1, .row = 4, .stride = 16,
      .buffer = true, .decays = false, .how = tenon::initializer::constant, .value = 1.0,
      .fan_in = 0, .fan_out = 0, .first_weight = 0.1},
  {.name = "linear_1.weight", .layer = "linear_1", .kind = "weight", .shape = linear_1_weight_shape,
      .offset = 128, .rows = 3, .row = 64, .stride = 64, .buffer = false, .decays = true,
      .how = tenon::initializer::fan_in_uniform, .value = 0.0, .fan_in = 64, .fan_out = 3},
  {.name = "linear_1.bias", .layer = "linear_1", .kind = "bias", .shape = linear_1_bias_shape,
      .offset = 352, .rows = 1, .row = 3, .stride = 16, .buffer = false, .decays = false,
      .how = tenon::initializer::fan_in_uniform, .value = 0.0, .fan_in = 64, .fan_out = 3},
};

constexpr tenon::kernel_info eval_kernels[] = {
  {.name = "conv2d_1", .layer = "conv2d_1", .flops = 9216.0, .bytes = 1555.0, .calls = 2},
  {.name = "max_pool_1", .layer = "max_pool_1", .flops = 0.0, .bytes = 1280.0, .calls = 2},
  {.name = "linear_1", .layer = "linear_1", .flops = 384.0, .bytes = 316.75, .calls = 2},
  {.name = "softmax_cross_entropy_1_maximum", .layer = "softmax_cross_entropy_1", .flops = 0.0,
      .bytes = 16.0, .calls = 2},
  {.name = "softmax_cross_entropy_1_total", .layer = "softmax_cross_entropy_1", .flops = 0.0,
      .bytes = 20.0, .calls = 2},
  {.name = "softmax_cross_entropy_1_probabilities", .layer = "softmax_cross_entropy_1",
      .flops = 0.0, .bytes = 32.0, .calls = 2},
};

constexpr tenon::kernel_info single_kernels[] = {
  {.name = "conv2d_1", .layer = "conv2d_1", .flops = 9216.0, .bytes = 1840.0, .calls = 1},
  {.name = "max_pool_1", .layer = "max_pool_1", .flops = 0.0, .bytes = 1280.0, .calls = 1},
  {.name = "linear_1", .layer = "linear_1", .flops = 384.0, .bytes = 1048.0, .calls = 1},
  {.name = "softmax_cross_entropy_1_maximum", .layer = "softmax_cross_entropy_1", .flops = 0.0,
      .bytes = 16.0, .calls = 1},
  {.name = "softmax_cross_entropy_1_total", .layer = "softmax_cross_entropy_1", .flops = 0.0,
      .bytes = 20.0, .calls = 1},
  {.name = "softmax_cross_entropy_1_probabilities", .layer = "softmax_cross_entropy_1",
      .flops = 0.0, .bytes = 32.0, .calls = 1},
};

constexpr tenon::kernel_info train_kernels[] = {
  {.name = "conv2d_1", .layer = "conv2d_1", .flops = 9216.0, .bytes = 1554.0, .calls = 2},
  {.name = "batch_norm_1_sum_part", .layer = "batch_norm_1", .flops = 0.0, .bytes = 1025.0,
      .calls = 2},
  {.name = "batch_norm_1_sum", .layer = "batch_norm_1", .flops = 0.0, .bytes = 2.0, .calls = 1},
  {.name = "batch_norm_1_squares_part", .layer = "batch_norm_1", .flops = 0.0, .bytes = 1026.0,
      .calls = 2},
  {.name = "batch_norm_1_squares", .layer = "batch_norm_1", .flops = 0.0, .bytes = 2.0, .calls = 1},
  {.name = "batch_norm_1_rstd", .layer = "batch_norm_1", .flops = 0.0, .bytes = 2.0, .calls = 1},
  {.name = "batch_norm_1", .layer = "batch_norm_1", .flops = 0.0, .bytes = 2052.0, .calls = 2},
  {.name = "dropout_1_mask", .layer = "dropout_1", .flops = 0.0, .bytes = 256.0, .calls = 2},
  {.name = "max_pool_1", .layer = "max_pool_1", .flops = 0.0, .bytes = 1536.0, .calls = 2},
  {.name = "linear_1", .layer = "linear_1", .flops = 384.0, .bytes = 316.75, .calls = 2},
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
  {.name = "linear_1_input_gradient", .layer = "linear_1", .flops = 384.0, .bytes = 316.0,
      .calls = 2},
  {.name = "dropout_1_transposed", .layer = "linear_1", .flops = 0.0, .bytes = 512.0, .calls = 2},
  {.name = "linear_1_weight_gradient", .layer = "linear_1", .flops = 384.0, .bytes = 316.0,
      .calls = 2},
  {.name = "linear_1_bias_gradient", .layer = "linear_1", .flops = 0.0, .bytes = 12.75, .calls = 2},
  {.name = "dropout_1_gradient", .layer = "dropout_1", .flops = 0.0, .bytes = 768.0, .calls = 2},
  {.name = "max_pool_1_first_maximum", .layer = "max_pool_1", .flops = 0.0, .bytes = 1280.0,
      .calls = 2},
  {.name = "max_pool_1_input_gradient", .layer = "max_pool_1", .flops = 0.0, .bytes = 2560.0,
      .calls = 2},
  {.name = "batch_norm_1_gradient_d_bias_part", .layer = "batch_norm_1", .flops = 0.0,
      .bytes = 1025.0, .calls = 2},
  {.name = "batch_norm_1_gradient_d_weight_part", .layer = "batch_norm_1", .flops = 0.0,
      .bytes = 2051.0, .calls = 2},
  {.name = "softmax_cross_entropy_1_sum", .layer = "softmax_cross_entropy_1", .flops = 0.0,
      .bytes = 0.5, .calls = 1},
  {.name = "linear_1_weight_gradient_collect", .layer = "linear_1", .flops = 0.0, .bytes = 96.0,
      .calls = 1},
  {.name = "linear_1_bias_gradient_collect", .layer = "linear_1", .flops = 0.0, .bytes = 1.5,
      .calls = 1},
  {.name = "batch_norm_1_gradient_d_bias", .layer = "batch_norm_1", .flops = 0.0, .bytes = 2.0,
      .calls = 1},
  {.name = "batch_norm_1_gradient_d_weight", .layer = "batch_norm_1", .flops = 0.0, .bytes = 2.0,
      .calls = 1},
  {.name = "batch_norm_1_gradient", .layer = "batch_norm_1", .flops = 0.0, .bytes = 3077.0,
      .calls = 2},
  {.name = "conv2d_1_weight_gradient", .layer = "conv2d_1", .flops = 9216.0, .bytes = 1554.0,
      .calls = 2},
  {.name = "conv2d_1_weight_gradient_collect", .layer = "conv2d_1", .flops = 0.0, .bytes = 36.0,
      .calls = 1},
};

constexpr std::string_view layers[] =
    {"conv2d_1", "batch_norm_1", "relu_1", "max_pool_1", "dropout_1", "linear_1"};

constexpr std::string_view notes[] = {
  "16 samples to a block",
  "batch_norm_1 folded into conv2d_1",
  "dropout_1 dropped: an identity in this mode",
};

constexpr tenon::network_info info {
  .name = "convolution",
  .signature = signature,
  .input_shape = input_shape,
  .output_shape = output_shape,
  .target_shape = std::span<const int>{},
  .target_is_class = true,
  .classes = 3,
  .batch = 32,
  .block = 16,
  .norm_positions = 64,
  .parameter_count = 275,
  .macs = 4800,
  .flops_eval = 9600,
  .flops_train = 19584,
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
    .make_sampler = tenon::adapt_sampler<eval_mc>::make,
    .fold = fold,
    .scalar = {scalar::loss, layers},
    .cuda = cuda::entry,
  };
  return all;
}

}  // namespace emitted::convolution

#ifndef TENON_SEVERAL_NETWORKS  // programs with more than one ask each for its entry()
const tenon::network_entry& tenon_network() noexcept { return emitted::convolution::entry(); }
#endif
