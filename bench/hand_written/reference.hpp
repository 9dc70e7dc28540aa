// Plain loops in double, for checking the hand-written kernels before they are timed. Layouts as in
// linear-inl.h and conv-inl.h.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hand_written {

// Largest difference, relative to the largest value.
inline double difference(std::span<const float> found, std::span<const double> exact) {
  double worst = 0, largest = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(found[i]) - exact[i]));
    largest = std::max(largest, std::abs(exact[i]));
  }
  return worst / largest;
}

// y[m][n] = start[m] + sum over k of a[m][k] b[k][n], by three functions that read a, b and start.
template <class A, class B, class Start>
std::vector<double> product(std::size_t rows, std::size_t columns, std::size_t count, A a, B b,
                            Start start) {
  std::vector<double> y(rows * columns);
  for (std::size_t m = 0; m < rows; ++m) {
    for (std::size_t n = 0; n < columns; ++n) {
      double sum = start(m);
      for (std::size_t k = 0; k < count; ++k) sum += a(m, k) * b(k, n);
      y[m * columns + n] = sum;
    }
  }
  return y;
}

// Calls f(output channel, input channel, tap, index in y, index in x) for all terms of a
// convolution of shape s.
template <class Shape, class F>
void for_each_term(const Shape& s, F f) {
  for (std::size_t o = 0; o < s.out; ++o) {
    for (std::size_t i = 0; i < s.in; ++i) {
      for (std::size_t tap = 0; tap < s.taps(); ++tap) {
        const std::size_t ky = tap / s.kernel_w, kx = tap % s.kernel_w;
        for (std::size_t h = 0; h < s.height; ++h) {
          for (std::size_t w = 0; w < s.width; ++w) {
            const std::size_t y = ((o * s.height + h) * s.width + w) * s.block;
            const std::size_t x =
                ((i * s.input_height() + h * s.stride + ky) * s.input_width() + w * s.stride + kx) *
                s.block;
            for (std::size_t b = 0; b < s.block; ++b) f(o, i, tap, y + b, x + b);
          }
        }
      }
    }
  }
}

}  // namespace hand_written
