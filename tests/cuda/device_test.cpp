// What printed kernels call for, against the CPU's.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "runtime/core/random.hpp"
#include "tests/cuda/device_array.hpp"
#include "tests/cuda/everything.hpp"
#include "tests/cuda/shim/shim.hpp"

namespace tests {

TEST_CASE("random numbers have the CPU's bits") {
  cuda::call c;
  c.n = 64, c.seed = 0x123456789ABCDEFU, c.step = 77, c.first_sample = 1000;
  const device_array<cuda::call> call(std::vector{c});
  const device_array<float> drawn(2 * 9 * 32);
  cuda::queue q(nullptr);
  run_draw(q, 2, call.data(), 5, 9, drawn.data());
  const std::vector<float> got = drawn.get();
  for (unsigned s = 0; s < 64; ++s) {
    for (unsigned i = 0; i < 9; ++i)
      CHECK(got[(s / 32 * 9 + i) * 32 + s % 32] == tenon::uniform(c.seed, 5, 77, 1000 + s, i));
  }
}

TEST_CASE("sums over lanes and warps have a fixed order: the same bits for any order of threads") {
  constexpr unsigned count = 5;
  for (const unsigned warps : {1U, 4U, 8U}) {
    std::vector<float> rows(count * warps * 32);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = std::sin(static_cast<float>(i)) * 1e3F;
    const device_array<float> from(rows), to(count);
    std::vector<std::vector<float>> sums;
    for (const shim::order o :
         {shim::order::forward, shim::order::reverse, shim::order::shuffled}) {
      shim::set_order(o);
      cuda::queue q(nullptr);
      run_add(q, warps, from.data(), count, to.data());
      sums.push_back(to.get());
    }
    shim::reset();
    CHECK(sums[0] == sums[1]);
    CHECK(sums[0] == sums[2]);
    for (unsigned i = 0; i < count; ++i) {
      double exact = 0, size = 0;
      for (unsigned k = 0; k < warps * 32; ++k) {
        exact += static_cast<double>(rows[i * warps * 32 + k]);
        size += std::abs(static_cast<double>(rows[i * warps * 32 + k]));
      }
      CHECK(std::abs(static_cast<double>(sums[0][i]) - exact) < 1e-6 * size);
    }
  }
}

TEST_CASE("scalar maths: NaN as in the program's meaning, and a sigmoid without overflow") {
  constexpr float inf = std::numeric_limits<float>::infinity();
  const std::vector<float> x{-inf, -200, -1, 0, 0.5F, 3, 200, inf};
  const device_array<float> from(x), to(4 * x.size());
  cuda::queue q(nullptr);
  run_maths(q, from.data(), static_cast<unsigned>(x.size()), to.data());
  const std::vector<float> y = to.get();
  for (std::size_t i = 0; i < x.size(); ++i) {
    CHECK(y[4 * i] == std::max(x[i], 1.0F));
    CHECK(y[4 * i + 1] == std::min(x[i], 1.0F));
    CHECK(y[4 * i + 2] ==
          doctest::Approx(1 / (1 + std::exp(-static_cast<double>(x[i])))).epsilon(1e-6));
    CHECK(y[4 * i + 3] == x[i / 4 * 4 + 3]);
  }
}

TEST_CASE("every block is in one part, and the parts follow each other") {
  for (unsigned n = 1; n <= 32 * 21; n += 31) {
    cuda::call c;
    c.n = n, c.parts = std::min(c.blocks(), 8U);
    const device_array<cuda::call> call(std::vector{c});
    const device_array<unsigned> first(c.parts + 1);
    cuda::queue q(nullptr);
    run_parts(q, call.data(), first.data());
    const std::vector<unsigned> begins = first.get();
    CHECK(begins.front() == 0);
    CHECK(begins.back() == (n + 31) / 32);
    for (unsigned p = 0; p < c.parts; ++p) CHECK(begins[p] < begins[p + 1]);
    unsigned samples = 0;
    for (unsigned k = 0; k <= c.blocks(); ++k) samples += c.live(k);
    CHECK(samples == n);
  }
}

TEST_CASE("a sum of parts adds them in order") {
  constexpr int floats = 100;
  cuda::call c;
  c.parts = 5;
  std::vector<float> parts(5 * 112), wanted(floats);
  for (std::size_t i = 0; i < parts.size(); ++i) parts[i] = std::cos(static_cast<float>(i));
  for (std::size_t i = 0; i < floats; ++i) {
    for (std::size_t p = 0; p < 5; ++p) wanted[i] += parts[p * 112 + i];
  }
  const device_array<cuda::call> call(std::vector{c});
  const device_array<float> from(parts), to(floats);
  cuda::queue q(nullptr);
  run_add_parts(q, call.data(), from.data(), 112, floats, to.data());
  CHECK(to.get() == wanted);
}

}  // namespace tests
