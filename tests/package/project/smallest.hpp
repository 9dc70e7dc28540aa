// The smallest network with something to fold.
#pragma once
#include <tenon/dsl.hpp>

namespace zoo {

struct smallest final : tenon::network<tenon::input<2> | tenon::linear<3> | tenon::batch_norm | tenon::tanh_ |
                                       tenon::linear<2> | tenon::softmax_cross_entropy> {};

}  // namespace zoo
