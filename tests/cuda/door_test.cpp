// The doors on a GPU against those of the CPU (transpose-inl.h): odd sizes, halos, dead lanes, and
// nothing written beside.
#include "tests/core/door.hpp"

#include <doctest/doctest.h>
#include <hwy/highway.h>

#include <tenon/core.hpp>
#include <vector>

#include "tests/cuda/device_array.hpp"
#include "tests/cuda/everything.hpp"

namespace tests {
namespace {

namespace cpu = tenon::HWY_NAMESPACE;

constexpr float guard = -77.0F;
constexpr unsigned counts[] = {1, 31, 32, 33, 64};

const std::vector<door>& doors() {
  static const std::vector<door> all = {
      {1, 1, 1, 0, 0, 0, 0, 32},  {1, 1, 40, 0, 0, 1, 1, 32}, {3, 1, 7, 0, 0, 0, 0, 32},
      {1, 9, 28, 2, 2, 2, 2, 32}, {2, 5, 13, 1, 2, 3, 0, 32}, {2, 9, 1, 1, 1, 0, 0, 32},
      {5, 2, 3, 0, 1, 1, 0, 32},  {1, 1, 33, 0, 0, 0, 0, 32}, {40, 1, 1, 0, 0, 0, 0, 32}};
  return all;
}

cuda::shape shape_of(const door& t) {
  return {.channels = static_cast<int>(t.channels),
          .height = static_cast<int>(t.height),
          .width = static_cast<int>(t.width),
          .before_y = static_cast<int>(t.top),
          .after_y = static_cast<int>(t.bottom),
          .before_x = static_cast<int>(t.left),
          .after_x = static_cast<int>(t.right),
          .channel_stride = t.channel_stride(),
          .row_stride = t.row_stride()};
}

float value(std::size_t s, std::size_t i) { return static_cast<float>(s * 10000 + i + 1); }

std::vector<float> users_array(unsigned n, std::size_t count) {
  std::vector<float> x;
  for (std::size_t s = 0; s < n; ++s)
    for (std::size_t i = 0; i < count; ++i) x.push_back(value(s, i));
  return x;
}

cuda::call call_of(unsigned n) {
  cuda::call c;
  c.n = n;
  return c;
}
std::size_t live(unsigned n, std::size_t k) { return std::min<std::size_t>(n - k * 32, 32); }

// Three blocks of room for at most two that are used: what lies behind is nobody's.
constexpr unsigned room = 3;

}  // namespace

TEST_CASE("samples and values come in as on the CPU, with zeros in dead lanes and the halo") {
  for (const door& t : doors()) {
    for (const unsigned n : counts) {
      for (const source what : {source::samples, source::values}) {
        CAPTURE(t.width);
        CAPTURE(n);
        const std::vector<float> rows = users_array(n, t.count());
        const std::size_t blocks = (n + 31) / 32;
        std::vector<float> expected(room * t.floats(), guard);
        std::fill_n(expected.begin(), blocks * t.floats(), 0.0F);
        for (std::size_t k = 0; k < blocks; ++k)
          cpu::load_samples(rows.data() + k * 32 * t.count(), live(n, k), t.channels, t.height,
                            t.width, t.channel_stride(), t.row_stride(),
                            expected.data() + k * t.floats() + t.at(0), 32);
        const device_array<float> x(rows), to(std::vector<float>(room * t.floats(), guard));
        cuda::call c = call_of(n);
        (what == source::samples ? c.x : reinterpret_cast<const float*&>(c.target)) = x.data();
        const device_array<cuda::call> call(std::vector{c});
        cuda::queue q(nullptr);
        run_loads(q, {2, room}, call.data(), to.data() + t.at(0), t.floats(), shape_of(t), what);
        CHECK(to.get() == expected);
      }
    }
  }
}

TEST_CASE("results go out as on the CPU, and no float more") {
  for (const door& t : doors()) {
    for (const unsigned n : counts) {
      CAPTURE(t.width);
      CAPTURE(n);
      std::vector<float> tensor(room * t.floats(), std::nanf(""));
      for (std::size_t s = 0; s < room * 32; ++s)
        for (std::size_t i = 0; i < t.count(); ++i)
          tensor[s / 32 * t.floats() + t.at(i) + s % 32] = value(s, i);
      std::vector<float> expected(n * t.count() + 1, guard);
      for (std::size_t k = 0; k * 32 < n; ++k)
        cpu::store_samples(tensor.data() + k * t.floats() + t.at(0), live(n, k), t.channels,
                           t.height, t.width, t.channel_stride(), t.row_stride(),
                           expected.data() + k * 32 * t.count(), 32);
      const device_array<float> from(tensor), y(std::vector<float>(expected.size(), guard));
      cuda::call c = call_of(n);
      c.y = y.data();
      const device_array<cuda::call> call(std::vector{c});
      cuda::queue q(nullptr);
      run_store(q, {2, room}, call.data(), from.data() + t.at(0), t.floats(), shape_of(t));
      CHECK(y.get() == expected);
    }
  }
}

TEST_CASE("classes and weights come in as on the CPU") {
  for (const unsigned n : counts) {
    CAPTURE(n);
    std::vector<std::int32_t> classes(n);
    std::vector<float> weights(n);
    for (unsigned s = 0; s < n; ++s)
      classes[s] = static_cast<int>(s * 31 + 5), weights[s] = value(s, 3);
    const device_array<std::int32_t> of_classes(classes);
    const device_array<float> of_weights(weights);
    for (const source what : {source::classes, source::weights}) {
      for (const bool given : {true, false}) {
        if (what == source::classes && !given) continue;
        std::vector<float> expected(room * 40, guard);
        for (std::size_t k = 0; k * 32 < n; ++k) {
          if (what == source::classes)
            cpu::load_classes(classes.data() + k * 32, live(n, k), expected.data() + k * 40, 32);
          else
            cpu::load_weights(given ? weights.data() : nullptr, k * 32, live(n, k),
                              expected.data() + k * 40, 32);
        }
        cuda::call c = call_of(n);
        c.target = of_classes.data();
        c.sample_weights = given ? of_weights.data() : nullptr;
        const device_array<cuda::call> call(std::vector{c});
        const device_array<float> to(std::vector<float>(room * 40, guard));
        cuda::queue q(nullptr);
        run_loads(q, {1, room}, call.data(), to.data(), 40, {}, what);
        CHECK(to.get() == expected);
      }
    }
  }
}

TEST_CASE("samples become rows as on the CPU, padded with zeros") {
  for (const int count : {1, 3, 31, 32, 33, 100}) {
    for (const int row : {count, (count + 15) / 16 * 16, count + 40}) {
      CAPTURE(count);
      CAPTURE(row);
      const auto floats = static_cast<std::size_t>(count) * 32,
                 step = static_cast<std::size_t>(row) * 32 + 5;
      std::vector<float> tensor(2 * floats), expected(2 * step, guard);
      for (std::size_t i = 0; i < tensor.size(); ++i) tensor[i] = value(i % 32, i / 32);
      for (std::size_t k = 0; k < 2; ++k)
        cpu::transpose_to_rows(tensor.data() + k * floats, static_cast<std::size_t>(count), 32,
                               static_cast<std::size_t>(row), expected.data() + k * step);
      const device_array<float> from(tensor), to(std::vector<float>(2 * step, guard));
      const device_array<cuda::call> call(std::vector{call_of(33)});
      cuda::queue q(nullptr);
      run_transpose(q, {2, room}, call.data(), from.data(), floats, count, to.data(), step, row);
      CHECK(to.get() == expected);
    }
  }
}

TEST_CASE("a halo is filled as on the CPU, and nothing else") {
  for (const door& t : doors()) {
    std::vector<float> tensor(t.floats() + 1, guard);
    const device_array<float> at(tensor);
    cpu::clear_halo(tensor.data(), t.channels, t.height, t.width, t.top, t.bottom, t.left, t.right,
                    32);
    cuda::queue q(nullptr);
    run_clear(q, at.data(), shape_of(t), 0);
    CHECK(at.get() == tensor);
    for (float& v : tensor)
      if (v == 0) v = -9;
    run_clear(q, at.data(), shape_of(t), -9);
    CHECK(at.get() == tensor);
  }
}

}  // namespace tests
