// The networks that PyTorch has computed for us: one for one those of reference_networks.py, under
// the same names.
#pragma once
#include <tenon/dsl.hpp>

namespace references {
using namespace tenon;

struct mlp final : network<input<12> | linear<13> | relu | residual(linear<13> | relu) | linear<5> |
                           softmax_cross_entropy> {};

struct mlp_norm final : network<input<10> | linear<11> | batch_norm | tanh_ | linear<7> |
                                batch_norm(epsilon<1e-3>, momentum<0.3>) | relu | linear<3> |
                                softmax_cross_entropy(label_smoothing<0.1>)> {};

struct activations final
    : network<input<9> | linear<8> | relu | linear<7> | leaky_relu<0.01> | linear<8> |
              leaky_relu<0.2> | linear<9> | tanh_ | linear<7> | sigmoid | linear<8> | gelu |
              linear<6> | silu | linear<4> | softmax_cross_entropy> {};

struct more_activations final
    : network<input<9> | linear<8> | elu<0.5> | linear<7> | selu | linear<8> | mish | linear<9> |
              softplus | linear<7> | hard_swish | linear<8> | gelu_tanh | linear<6> | prelu |
              linear<4> | softmax_cross_entropy> {};

struct softmax_inside final : network<input<2, 5, 6> | conv2d<4, 3>(same) | softmax | conv2d<3, 3> |
                                      prelu | global_max_pool | linear<3> | softmax_cross_entropy> {
};

struct sample_norms final
    : network<input<4, 5, 6> | conv2d<6, 3> | group_norm<3>(epsilon<1e-3>) | relu |
              conv2d<4, 2>(no_bias) | instance_norm | tanh_ | layer_norm | flatten | linear<5> |
              layer_norm(no_affine) | sigmoid | linear<3> | softmax_cross_entropy> {};

struct batch_norms final
    : network<input<3, 8> | conv1d<4, 3> | batch_norm(no_affine, momentum<0.3>) | tanh_ |
              conv1d<3, 3> | mean_only_batch_norm | sigmoid | flatten | linear<3> |
              softmax_cross_entropy> {};

struct weight_norms final : network<input<2, 6, 5> | conv2d<4, 3>(same, weight_norm) | relu |
                                    conv2d<6, 3>(groups<2>, no_bias, weight_norm) | tanh_ |
                                    flatten | linear<3>(weight_norm) | softmax_cross_entropy> {};

struct standardized_weights final
    : network<input<2, 6, 5> | conv2d<4, 3>(same, weight_standardization) | relu |
              conv2d<6, 3>(groups<2>, weight_standardization) | tanh_ | flatten |
              linear<3>(weight_standardization) | softmax_cross_entropy> {};

struct binary final : network<input<7> | linear<6> | tanh_ | linear<4> | binary_cross_entropy> {};

struct absolute_error final
    : network<input<2, 8> | conv1d<3, 3>(same) | tanh_ | conv1d<2, 3> | mean_absolute_error> {};

struct huber_error final : network<input<6> | linear<5> | elu<> | linear<4> | huber<0.75>> {};

struct soft_classes final : network<input<6> | linear<7> | tanh_ | linear<5> |
                                    softmax_cross_entropy(soft_targets, label_smoothing<0.1>)> {};

struct weighted_classes final
    : network<input<6> | linear<7> | tanh_ | linear<5> | softmax_cross_entropy(weighted)> {};

struct weighted_error final
    : network<input<6> | linear<7> | tanh_ | linear<5> | mean_squared_error(weighted)> {};

struct squared_error final
    : network<input<3, 11> | conv1d<4, 3>(same) | tanh_ | conv1d<2, 3> | mean_squared_error> {};

struct conv2d_strided final : network<input<2, 9, 11> | conv2d<5, 3>(stride<2>, padding<1>) | relu |
                                      conv2d<4, kernel<3, 2>>(stride<1, 2>, padding<0, 1>) | tanh_ |
                                      flatten | linear<4> | softmax_cross_entropy> {};

struct conv2d_grouped final
    : network<input<4, 7, 6> | conv2d<6, 3>(groups<2>, padding<1>, no_bias) | relu |
              conv2d<9, kernel<2, 3>>(groups<3>) | tanh_ | conv2d<2, 1>(stride<2>) | flatten |
              linear<3> | softmax_cross_entropy> {};

struct conv2d_dilated final
    : network<input<2, 9, 11> |
              conv2d<3, kernel<2, 3>>(dilation<2, 3>, stride<1, 2>, padding<0, 2>) | relu |
              conv2d<4, 3>(dilation<2>, padding<2>, stride<3, 2>) | tanh_ | flatten | linear<3> |
              softmax_cross_entropy> {};

struct conv2d_depthwise final
    : network<input<3, 7, 5> | conv2d<6, 3>(depthwise, same) | silu |
              conv2d<6, 3>(depthwise, stride<2>, padding<1>) | tanh_ | conv2d<5, 1> | relu |
              global_avg_pool | linear<3> | softmax_cross_entropy> {};

struct conv2d_even_same final
    : network<input<2, 6, 7> | conv2d<4, 4>(same) | relu | conv2d<3, 2>(same, stride<2>) | tanh_ |
              flatten | linear<3> | softmax_cross_entropy> {};

struct conv1d_strided final
    : network<input<1, 40> | conv1d<6, 5>(stride<2>, padding<1>) | relu |
              conv1d<5, 3>(stride<2>, padding<1>) | relu | conv1d<4, 3>(stride<2>, padding<1>) |
              relu | flatten | linear<10> | softmax_cross_entropy> {};

struct conv1d_grouped final
    : network<input<4, 13> | conv1d<6, 3>(groups<2>, dilation<2>) | gelu |
              conv1d<6, 5>(depthwise, same) | tanh_ | conv1d<3, 2>(stride<3>) | flatten |
              linear<3> | softmax_cross_entropy> {};

struct max_pool final
    : network<input<2, 9, 8> | conv2d<4, 3>(same) | relu |
              tenon::max_pool<3>(stride<2>, padding<1>, floor_) | conv2d<3, 3>(same) | relu |
              tenon::max_pool<2>(floor_) | flatten | linear<3> | softmax_cross_entropy> {};

struct max_pool_1d final
    : network<input<3, 17> | conv1d<4, 3>(same) | relu | tenon::max_pool<3>(stride<2>, padding<1>) |
              flatten | linear<3> | softmax_cross_entropy> {};

struct avg_pool final : network<input<2, 7, 9> | conv2d<4, 3>(same) | tanh_ |
                                tenon::avg_pool<3>(stride<2>, padding<1>) | conv2d<5, 2> | sigmoid |
                                tenon::avg_pool<kernel<3, 2>>(stride<1, 2>) | global_avg_pool |
                                linear<3> | softmax_cross_entropy> {};

struct batch_norm_1d final
    : network<input<2, 12> | conv1d<4, 3> | batch_norm | relu | conv1d<3, 3>(stride<2>) |
              batch_norm(momentum<0.05>) | tanh_ | flatten | linear<3> | softmax_cross_entropy> {};

struct batch_norm_2d final
    : network<input<2, 5, 7> | conv2d<4, 3>(same, no_bias) |
              batch_norm(epsilon<1e-3>, momentum<0.25>) | relu | batch_norm | conv2d<3, 3>(same) |
              tanh_ | batch_norm | flatten | linear<3> | softmax_cross_entropy> {};

struct residual_down final : network<input<3, 7, 8> | conv2d<4, 3>(same) | batch_norm | relu |
                                     residual(conv2d<4, 3>(same, no_bias) | batch_norm | relu) |
                                     residual(conv2d<6, 3>(same, stride<2>) | batch_norm | relu |
                                                  conv2d<6, 3>(same) | batch_norm,
                                              conv2d<6, 1>(stride<2>) | batch_norm) |
                                     relu | global_avg_pool | linear<4> | softmax_cross_entropy> {};

struct branches final : network<input<3, 6, 5> |
                                tenon::branches(conv2d<4, 1> | relu, conv2d<2, 3>(same) | tanh_,
                                                tenon::avg_pool<3>(stride<1>, padding<1>)) |
                                concat | tenon::branches(conv2d<3, 3>, conv2d<3, 3> | sigmoid) |
                                add | flatten | linear<3> | softmax_cross_entropy> {};

struct skips final
    : network<input<2, 6, 7> | conv2d<3, 3>(same) | relu | save<"outer"> | conv2d<4, 3>(same) |
              relu | save<"inner"> | conv2d<4, 3>(same) | tanh_ | add_with<"inner"> |
              concat_with<"outer"> | conv2d<2, 3> | flatten | linear<3> | softmax_cross_entropy> {};

struct transposed_1d final
    : network<input<4, 7> |
              conv1d_transpose<6, 3>(stride<2>, padding<1>, output_padding<1>, groups<2>) | tanh_ |
              conv1d_transpose<3, 2>(stride<3>, no_bias) | batch_norm | tanh_ | flatten |
              linear<3> | softmax_cross_entropy> {};

struct transposed_2d final
    : network<input<3, 4, 3> |
              conv2d_transpose<4, kernel<3, 2>>(stride<2, 1>, padding<1, 0>, dilation<1, 2>) |
              batch_norm | relu | upsample<2> | pad<1> | conv2d<3, 3>(stride<2>) | tanh_ |
              conv2d_transpose<2, 3>(stride<2>, padding<1>) | tanh_ | flatten | linear<3> |
              softmax_cross_entropy> {};

}  // namespace references
