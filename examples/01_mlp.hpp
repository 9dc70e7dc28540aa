// Lesson 1: a multilayer perceptron on MNIST-1D.
//
// A network is a type: layers joined by `|`, each deducing its input from the one before.
// `residual(…)` adds what enters it to what comes out, here relu(W h + b) + h. MNIST-1D's signals
// look like digits drawn along a line, then padded, scaled, shifted and buried in noise; because
// they are shifted, an MLP, which has to learn each place anew, does poorly on purpose (about 0.65;
// lesson 2 says what helps).
//
//   tenon build 01_mlp.hpp -o mlp --batch 100
//   ./mlp train --data mnist1d --epochs 150 -b 100 --opt adam --lr 0.01 --sched cosine
//
// Architecture and figures: Greydanus and Kobak, Scaling down deep learning with MNIST-1D, 2024,
// arXiv:2011.14439.
#pragma once
#include <tenon/dsl.hpp>

struct mlp final : tenon::network<
    tenon::input<40>
  | tenon::linear<100> | tenon::relu
  | tenon::residual(tenon::linear<100> | tenon::relu)
  | tenon::linear<10>
  | tenon::softmax_cross_entropy> {};

static_assert(tenon::valid<mlp>);
static_assert(tenon::parameters<mlp> == 15'210);
static_assert(tenon::flops<tenon::eval<mlp>> == 2 * (40 * 100 + 100 * 100 + 100 * 10));
