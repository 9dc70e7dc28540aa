// Lesson 4: batch normalisation and dropout on Fashion-MNIST, and what becomes of them.
//
// `train<…>` and `eval<…>` are two types made from one declaration. In training, batch norm
// normalises by the statistics of the batch and dropout removes 40 % of its inputs. For serving,
// dropout is gone and both batch norms are merged into the convolutions before them: the proofs
// below are checked while compiling, and the emitted fold() does the merging. A probability says
// which one it is, drop(0.4) or keep(0.6), for the literature writes p for both.
//
//   tenon build 04_fashion_cnn.hpp -o fashion_cnn --batch 128
//   ./fashion_cnn train --data FOLDER --epochs 15 -b 128 --opt adam --lr 0.002 --sched cosine
//
// FOLDER holds Fashion-MNIST's four IDX files, plain or .gz. To be expected: 0.927.
// Batch norm: Ioffe and Szegedy, 2015, arXiv:1502.03167. Dropout: Srivastava et al., JMLR 15, 2014.
#pragma once
#include <tenon/dsl.hpp>

namespace lesson4 {
using namespace tenon;

struct fashion_cnn final : network<
    input<1, 28, 28>
  | conv2d<32, 3>(same) | batch_norm | relu | max_pool<2>
  | conv2d<64, 3>(same) | batch_norm | relu | max_pool<2>
  | flatten | dropout<drop(0.4)> | linear<10>
  | softmax_cross_entropy> {};

static_assert(valid<fashion_cnn>);
static_assert(parameters<fashion_cnn> == 50'378);
static_assert(contains<train<fashion_cnn>, dropout_layer>);
static_assert(!contains<eval<fashion_cnn>, dropout_layer>);
static_assert(!contains<eval<fashion_cnn>, batch_norm_layer>);

}  // namespace lesson4
