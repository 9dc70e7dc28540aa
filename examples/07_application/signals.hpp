// The network of lesson 7: small enough for a control loop, a second's training on MNIST-1D.
#pragma once
#include <tenon/dsl.hpp>

struct signals final : tenon::network<
    tenon::input<1, 40>
  | tenon::conv1d<8, 5>(tenon::stride<2>, tenon::padding<1>) | tenon::batch_norm | tenon::relu
  | tenon::conv1d<12, 3>(tenon::stride<2>, tenon::padding<1>) | tenon::relu
  | tenon::conv1d<12, 3>(tenon::stride<2>, tenon::padding<1>) | tenon::relu
  | tenon::flatten | tenon::linear<10>
  | tenon::softmax_cross_entropy> {};

static_assert(tenon::parameters<signals> <= 2'000, "a budget: the build fails where the network outgrows it");
