// The reference networks by name: networks.hpp declares them, data/ has a file for each.
#pragma once

// clang-format off
#define TENON_REFERENCE_NETWORKS(APPLY)                                                            \
  APPLY(mlp) APPLY(mlp_norm) APPLY(activations) APPLY(squared_error)                               \
  APPLY(conv2d_strided) APPLY(conv2d_grouped) APPLY(conv2d_dilated) APPLY(conv2d_depthwise)        \
  APPLY(conv2d_even_same) APPLY(conv1d_strided) APPLY(conv1d_grouped)                              \
  APPLY(max_pool) APPLY(max_pool_1d) APPLY(avg_pool) APPLY(batch_norm_1d) APPLY(batch_norm_2d)     \
  APPLY(residual_down) APPLY(branches) APPLY(skips)                                                \
  APPLY(more_activations) APPLY(softmax_inside) APPLY(binary) APPLY(absolute_error)                \
  APPLY(huber_error) APPLY(transposed_1d) APPLY(transposed_2d) APPLY(weight_norms)                 \
  APPLY(standardized_weights) APPLY(sample_norms) APPLY(batch_norms) APPLY(soft_classes)            \
  APPLY(weighted_classes) APPLY(weighted_error)
// clang-format on
