#pragma once

namespace tenon {

// What a network is for: training has noise and batch statistics, evaluation has neither, and
// eval_mc, evaluation by Monte Carlo, has the noise of training and all else of evaluation.
enum class mode { train, eval, eval_mc };
inline constexpr int modes = 3;

}  // namespace tenon
