// For networks that take one sample at a time: the door between users' arrays and the network's
// layout, in which any dimension may lie innermost, and kernels on several threads.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstring>

#include "runtime/core/pool.hpp"

namespace tenon {

// f(begin, end) on all of [0, steps), cut evenly among the threads; null: on the caller alone.
template <class F>
void share(pool* threads, std::size_t steps, const F& f) noexcept {
  if (threads == nullptr || threads->threads() == 1) return f(0, steps);
  struct context {
    const F& f;
    std::size_t steps, parts;
  } all{f, steps, std::min<std::size_t>(steps, threads->threads())};
  const auto part = [](void* c, std::size_t i) {
    const context& a = *static_cast<const context*>(c);
    a.f(i * a.steps / a.parts, (i + 1) * a.steps / a.parts);
  };
  threads->run(all.parts, part, &all);
}

// A tensor [channels][height][width] in its own layout: floats per step of each dimension.
struct placed_sample {
  std::size_t channels, height, width;
  std::size_t channel_stride, row_stride, column_stride;
};

// x [channels][height][width] of the user, contiguous -> out with the strides of p.
inline void load_one(const float* x, const placed_sample& p, float* out) noexcept {
  for (std::size_t h = 0; h < p.height; ++h) {
    for (std::size_t c = 0; p.column_stride == 1 && c < p.channels; ++c)
      std::memcpy(out + c * p.channel_stride + h * p.row_stride, x + (c * p.height + h) * p.width,
                  p.width * sizeof(float));
    for (std::size_t w = 0; p.column_stride != 1 && w < p.width; ++w) {
      float* const to = out + h * p.row_stride + w * p.column_stride;
      for (std::size_t c = 0; c < p.channels; ++c)
        to[c * p.channel_stride] = x[(c * p.height + h) * p.width + w];
    }
  }
}

// The way back: in with the strides of p -> y [channels][height][width].
inline void store_one(const float* in, const placed_sample& p, float* y) noexcept {
  for (std::size_t c = 0; c < p.channels; ++c) {
    for (std::size_t h = 0; h < p.height; ++h, y += p.width) {
      const float* const row = in + c * p.channel_stride + h * p.row_stride;
      for (std::size_t w = 0; w < p.width; ++w) y[w] = row[w * p.column_stride];
    }
  }
}

}  // namespace tenon
