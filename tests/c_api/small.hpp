// A network whose weights fold: what C sees is the folded image.
#pragma once
#include <tenon/dsl.hpp>

struct small final : tenon::network<tenon::input<2, 6, 5> | tenon::conv2d<4, 3>(tenon::same) |
                                    tenon::batch_norm | tenon::relu | tenon::flatten |
                                    tenon::linear<3> | tenon::softmax_cross_entropy> {};
