// Lesson 5: ResNet-20 for CIFAR-10, from blocks of one's own.
//
// A block is a variable template: a piece of network with a parameter. `residual(main, shortcut)`
// adds two paths, and `repeat<N>` writes a block N times, each with weights of its own. The
// convolutions have no bias, which the batch norm behind them would only subtract again. Twenty
// layers have few different convolutions; the emitted source says each once.
//
//   tenon build 05_resnet20.hpp -o resnet20 --batch 128
//   ./resnet20 train --data FOLDER --epochs 30 -b 128 --opt sgd --lr 0.1 --momentum 0.9 --nesterov
//              --weight-decay 0.0001 --sched cosine
//
// FOLDER holds CIFAR-10's binary batches, plain or .gz.
// Architecture: He, Zhang, Ren, Sun, Deep residual learning for image recognition, 2015,
// arXiv:1512.03385, section 4.2; with shortcuts by 1x1 convolution (the paper's option B).
#pragma once
#include <tenon/dsl.hpp>

namespace lesson5 {
using namespace tenon;

template <int C>
constexpr auto conv_bn = conv2d<C, 3>(same, no_bias) | batch_norm;

template <int C>
constexpr auto block = residual(conv_bn<C> | relu | conv_bn<C>) | relu;

template <int C>  // halves height and width; the second argument is the shortcut
constexpr auto down = residual(conv2d<C, 3>(same, stride<2>, no_bias) | batch_norm | relu | conv_bn<C>,
                               conv2d<C, 1>(stride<2>, no_bias) | batch_norm) | relu;

struct resnet20 final : network<
    input<3, 32, 32> | conv_bn<16> | relu | repeat<3>(block<16>)
  | down<32> | repeat<2>(block<32>) | down<64> | repeat<2>(block<64>)
  | global_avg_pool | linear<10> | softmax_cross_entropy> {};

static_assert(valid<resnet20>);
static_assert(parameters<resnet20> == 272'474);
static_assert(std::is_same_v<output_shape<resnet20>, shape<10>>);
static_assert(!contains<eval<resnet20>, batch_norm_layer>);

}  // namespace lesson5
