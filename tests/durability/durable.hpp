// A network whose training has every kind of state: parameters, running statistics, random masks.
#pragma once
#include <tenon/dsl.hpp>

struct durable final : tenon::network<
    tenon::input<1, 40>
  | tenon::conv1d<8, 5>(tenon::stride<2>) | tenon::batch_norm | tenon::relu
  | tenon::flatten | tenon::dropout<tenon::drop(0.25)> | tenon::linear<10>
  | tenon::softmax_cross_entropy> {};
