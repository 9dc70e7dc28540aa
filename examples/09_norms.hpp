// Lesson 9: norms, and what they need of a batch.
//
// A network like that of lesson 2 on MNIST-1D, four times: without a norm, with batch norm, group
// norm and layer norm. A batch norm measures mean and deviation of each channel in the batch: of 2
// values behind linear<64> when a batch has 2 samples, which leaves little but noise. Group norm
// and layer norm look at one sample alone and know no batches.
//
//   tenon build 09_norms.hpp --network lesson9::batch_normed -o batch_normed
//   ./batch_normed train --data mnist1d --epochs 20 -b 2 --lr 0.0016
//
// Accuracy on the test part, median of seeds 1, 2 and 3, after 20 epochs with a learning rate of
// 0.00078 per sample of the batch (0.0016, 0.0031, 0.0125, 0.05):
//
//   batch size      2      4     16     64
//   no norm      0.91   0.90   0.90   0.91
//   batch norm   0.22   0.90   0.93   0.93
//   group norm   0.93   0.93   0.93   0.88
//   layer norm   0.93   0.93   0.92   0.90
//
// With 2 samples a batch norm behind linear<64> gives +1 and -1 whatever its input, and evaluation
// does something else; with 16 and more it is the best of the four. Statistics of the whole
// training part (`recalibrate`) don't help there: 0.23 at batch size 2.
#pragma once
#include <tenon/dsl.hpp>

namespace lesson9 {
using namespace tenon;

template <auto Norm>
constexpr auto stage =
    conv1d<24, 3>(stride<2>, padding<1>, init<he_normal>, no_bias) | Norm | relu;
template <auto Norm>
constexpr auto layers = input<1, 40>
  | conv1d<24, 5>(stride<2>, padding<1>, init<he_normal>, no_bias) | Norm | relu
  | stage<Norm> | stage<Norm>
  | flatten | linear<64>(init<he_normal>, no_bias) | Norm | relu
  | linear<10> | softmax_cross_entropy;

struct batch_normed final : network<layers<batch_norm>> {};
struct group_normed final : network<layers<group_norm<4>>> {};
struct layer_normed final : network<layers<layer_norm>> {};

struct plain final : network<
    input<1, 40>
  | conv1d<24, 5>(stride<2>, padding<1>, init<he_normal>) | relu
  | repeat<2>(conv1d<24, 3>(stride<2>, padding<1>, init<he_normal>) | relu)
  | flatten | linear<64>(init<he_normal>) | relu
  | linear<10> | softmax_cross_entropy> {};

static_assert(parameters<batch_normed> == parameters<group_normed>);
static_assert(parameters<batch_normed> == parameters<plain> + 3 * 24 + 64);
static_assert(!contains<eval<batch_normed>, batch_norm_layer>);  // folded into the convolutions
static_assert(contains<eval<group_normed>, group_norm_layer>);   // depends on each sample: stays

}  // namespace lesson9
