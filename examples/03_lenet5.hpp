// Lesson 3: LeNet-5 on MNIST.
//
// The classic, with `using namespace tenon` inside a namespace of the network's own: no layer's
// name then meets another library's. `same` keeps height and width. The numbers that a paper states
// are worth asserting: a change of the declaration that changes them does not compile.
//
//   tenon build 03_lenet5.hpp -o lenet5
//   ./lenet5 train --data FOLDER --epochs 10 -b 64 --opt sgd --lr 0.05 --momentum 0.9 --sched cosine
//
// FOLDER holds MNIST's four IDX files, plain or .gz. To be expected: 0.991.
// Architecture: LeCun, Bottou, Bengio, Haffner, Gradient-based learning applied to document
// recognition, 1998; with every pair of channels connected in the second convolution, as everywhere
// since.
#pragma once
#include <tenon/dsl.hpp>

namespace lesson3 {
using namespace tenon;

struct lenet5 final : network<
    input<1, 28, 28>
  | conv2d<6, 5>(same) | tanh_ | avg_pool<2>
  | conv2d<16, 5>      | tanh_ | avg_pool<2>
  | flatten | linear<120> | tanh_ | linear<84> | tanh_ | linear<10>
  | softmax_cross_entropy> {};

static_assert(valid<lenet5>);
static_assert(parameters<lenet5> == 61'706);
static_assert(flops<eval<lenet5>> == 833'040);

}  // namespace lesson3
