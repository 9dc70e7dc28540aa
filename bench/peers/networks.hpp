// The networks that are timed beside other engines; networks.py declares the same in PyTorch, with
// parameters in the same order.
#pragma once
#include <tenon/dsl.hpp>

namespace peers {
using namespace tenon;

// ---- the two of MNIST-1D: Greydanus, "Scaling down deep learning", 2020
struct mnist1d_mlp final : network<
    input<40> | linear<100> | relu | residual(linear<100> | relu) | linear<10>
  | softmax_cross_entropy> {};

template <int K>
constexpr auto halving = conv1d<25, K>(stride<2>, padding<1>) | relu;

struct mnist1d_cnn final : network<
    input<1, 40> | halving<5> | halving<3> | halving<3> | flatten | linear<10>
  | softmax_cross_entropy> {};

// ---- a perceptron with batch norm and dropout
template <int Units>
constexpr auto dense = linear<Units> | batch_norm | relu | dropout<drop(0.5)>;

struct mlp final : network<
    input<784> | dense<512> | dense<256> | linear<10> | softmax_cross_entropy> {};

// ---- LeCun, Bottou, Bengio, Haffner, 1998, as it is taught today
struct lenet5 final : network<
    input<1, 28, 28>
  | conv2d<6, 5>(padding<2>) | tanh_ | avg_pool<2>
  | conv2d<16, 5> | tanh_ | avg_pool<2>
  | flatten | linear<120> | tanh_ | linear<84> | tanh_ | linear<10> | softmax_cross_entropy> {};

// ---- He, Zhang, Ren, Sun, 2015: for 32 x 32 and for 224 x 224 pictures
template <int C>
constexpr auto conv_norm = conv2d<C, 3>(padding<1>, no_bias) | batch_norm;
template <int C>
constexpr auto block = residual(conv_norm<C> | relu | conv_norm<C>) | relu;
template <int C>
constexpr auto down = residual(conv2d<C, 3>(padding<1>, stride<2>, no_bias) | batch_norm | relu | conv_norm<C>,
                               conv2d<C, 1>(stride<2>, no_bias) | batch_norm) | relu;

struct resnet20 final : network<
    input<3, 32, 32> | conv_norm<16> | relu | repeat<3>(block<16>)
  | down<32> | repeat<2>(block<32>) | down<64> | repeat<2>(block<64>)
  | global_avg_pool | linear<10> | softmax_cross_entropy> {};

struct resnet18 final : network<
    input<3, 224, 224> | conv2d<64, 7>(padding<3>, stride<2>, no_bias) | batch_norm | relu
  | max_pool<3>(stride<2>, padding<1>, floor_)
  | repeat<2>(block<64>) | down<128> | block<128> | down<256> | block<256> | down<512> | block<512>
  | global_avg_pool | linear<1000> | softmax_cross_entropy> {};

// ---- depthwise-separable convolutions: Howard et al., MobileNets, 2017
template <int From, int To, int Stride>
constexpr auto separated = conv2d<From, 3>(padding<1>, stride<Stride>, depthwise, no_bias) | batch_norm | relu
                    | conv2d<To, 1>(no_bias) | batch_norm | relu;

struct separable final : network<
    input<3, 32, 32> | conv_norm<32> | relu
  | separated<32, 64, 1> | separated<64, 128, 2> | separated<128, 128, 1>
  | separated<128, 256, 2> | separated<256, 256, 1>
  | global_avg_pool | linear<10> | softmax_cross_entropy> {};

}  // namespace peers
