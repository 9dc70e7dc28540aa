// A network that is trained on one device and goes on on another: statistics, masks, weights of
// samples and convolutions are all in it.
#pragma once
#include <tenon/dsl.hpp>

struct crossing final
    : tenon::network<tenon::input<1, 40> | tenon::conv1d<6, 3>(tenon::same) | tenon::batch_norm |
                     tenon::relu | tenon::flatten | tenon::dropout<tenon::drop(0.2)> |
                     tenon::linear<10> | tenon::softmax_cross_entropy(tenon::weighted)> {};
