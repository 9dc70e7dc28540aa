#pragma once

namespace tenon {

// What a network is for: training keeps dropout and batch statistics, evaluation has neither.
enum class mode { train, eval };

}  // namespace tenon
