// Something of every kind that emitted code computes: contractions of all sorts, norms, masks, transcendental functions.
#pragma once
#include <tenon/dsl.hpp>

struct every_kind final : tenon::network<
    tenon::input<2, 8, 8>
  | tenon::conv2d<6, 3>(tenon::same) | tenon::batch_norm | tenon::gelu
  | tenon::conv2d<8, 3>(tenon::stride<2>, tenon::padding<1>) | tenon::silu | tenon::max_pool<2>
  | tenon::flatten | tenon::dropout<tenon::drop(0.25)>
  | tenon::residual(tenon::linear<32> | tenon::tanh_)
  | tenon::linear<5>
  | tenon::softmax_cross_entropy> {};
