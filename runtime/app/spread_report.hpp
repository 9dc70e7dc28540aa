// How activations and gradients spread behind each layer, as people read it, without training.
#pragma once
#include "runtime/app/context.hpp"
#include "runtime/train/init_report.hpp"

namespace tenon::runtime {

// A line per layer; as JSON, an object per line.
void print_spreads(const context& where, std::span<const layer_spread> all, bool json);

}  // namespace tenon::runtime
