// Windows of 3 x 3 with stride 1, known by their index maps alone.
#pragma once
#include <optional>

#include "codegen/program.hpp"

namespace tenon::codegen {

constexpr int window_taps = 3;

// output + sign * reduced, in one dimension of the samples' read.
struct slide {
  int output = -1, reduced = -1, sign = 1;
};

// sum over (in, two taps) of weights(out, in, taps) * samples(in, rows, columns).
struct window {
  const node *weights = nullptr, *samples = nullptr;
  slide rows, columns;
  int out = -1, in = -1;  // the axes of channels: one that is written, one that is summed
};

// The window that a kernel sums over, or nothing.
std::optional<window> window_of(const program& p, const kernel& k);

}  // namespace tenon::codegen
