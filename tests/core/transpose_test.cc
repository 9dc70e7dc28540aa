// The doors and transposed copies: every tail, dead lanes, halos, misaligned users' arrays, and
// nothing written beside.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/core/transpose_test.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <tenon/core.hpp>

#include "tests/core/door.hpp"

HWY_BEFORE_NAMESPACE();
namespace tests::HWY_NAMESPACE {
namespace core = tenon::HWY_NAMESPACE;

void load(const float* x, size_t live, const door& t, float* out) {
  core::load_samples(x, live, t.channels, t.height, t.width, t.channel_stride(), t.row_stride(),
                     out, t.block);
}
void store(const float* in, size_t live, const door& t, float* y) {
  core::store_samples(in, live, t.channels, t.height, t.width, t.channel_stride(), t.row_stride(),
                      y, t.block);
}
void to_rows(const float* x, size_t count, size_t block, size_t row_stride, float* out) {
  core::transpose_to_rows(x, count, block, row_stride, out);
}
void classes(const std::int32_t* t, size_t live, float* out, size_t block) {
  core::load_classes(t, live, out, block);
}
void halo(float* tensor, const door& t) {
  core::clear_halo(tensor, t.channels, t.height, t.width, t.top, t.bottom, t.left, t.right,
                   t.block);
}

}  // namespace tests::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#  include <doctest/doctest.h>

#  include <cmath>
#  include <vector>

#  include "tests/core/targets.hpp"

namespace tests {
HWY_EXPORT(load);
HWY_EXPORT(store);
HWY_EXPORT(to_rows);
HWY_EXPORT(classes);
HWY_EXPORT(halo);

namespace {

constexpr float guard = -77.0F;

const std::vector<door>& doors() {
  static const std::vector<door> all = {
      {1, 1, 1, 0, 0, 0, 0, 16},   {1, 1, 40, 0, 0, 1, 1, 16}, {3, 1, 7, 0, 0, 0, 0, 32},
      {1, 28, 28, 2, 2, 2, 2, 16}, {2, 5, 13, 1, 2, 3, 0, 32}, {3, 4, 16, 0, 0, 0, 0, 16},
      {2, 3, 17, 1, 1, 0, 0, 48},  {5, 2, 3, 0, 1, 1, 0, 64},  {1, 1, 784, 0, 0, 0, 0, 32},
      {4, 3, 8, 0, 0, 0, 0, 16},   {2, 9, 1, 1, 1, 0, 0, 16},  {1, 1, 33, 0, 0, 0, 0, 16}};
  return all;
}

// Sample s, element i of the user's array: distinct floats.
float value(std::size_t s, std::size_t i) { return static_cast<float>(s * 10000 + i + 1); }

std::vector<float> users_array(std::size_t live, const door& t, std::size_t shift) {
  std::vector<float> x(shift +
                       live * t.count());  // no float after the last: sanitizers see reads beyond
  for (std::size_t s = 0; s < live; ++s) {
    for (std::size_t i = 0; i < t.count(); ++i) x[shift + s * t.count() + i] = value(s, i);
  }
  return x;
}

std::vector<std::size_t> live_counts(std::size_t block) {
  return {1, 2, 3, 4, 5, 7, 8, 9, 12, 15, block - 1, block};
}

}  // namespace

TEST_CASE(
    "load_samples puts each float into its lane, zero into dead lanes, and leaves the halo alone") {
  for (const std::int64_t target : usable_targets(HWY_TARGETS)) {
    CAPTURE(hwy::TargetName(target));
    const only_target only(target);
    for (const door& t : doors()) {
      for (const std::size_t live : live_counts(t.block)) {
        const std::size_t shift = live % 4;
        const std::vector<float> x = users_array(live, t, shift);
        std::vector<float> tensor(t.floats(), guard), expected(t.floats(), guard);
        for (std::size_t i = 0; i < t.count(); ++i) {
          for (std::size_t s = 0; s < t.block; ++s)
            expected[t.at(i) + s] = s < live ? value(s, i) : 0.0F;
        }
        HWY_DYNAMIC_DISPATCH(load)(x.data() + shift, live, t, tensor.data() + t.at(0));
        CAPTURE(t.width);
        CAPTURE(live);
        CHECK(tensor == expected);
      }
    }
  }
}

TEST_CASE("store_samples writes the live samples, and no float more") {
  for (const std::int64_t target : usable_targets(HWY_TARGETS)) {
    CAPTURE(hwy::TargetName(target));
    const only_target only(target);
    for (const door& t : doors()) {
      for (const std::size_t live : live_counts(t.block)) {
        std::vector<float> tensor(t.floats(), std::nanf(""));
        for (std::size_t i = 0; i < t.count(); ++i) {
          for (std::size_t s = 0; s < t.block; ++s) tensor[t.at(i) + s] = value(s, i);
        }
        const std::size_t shift = 1 + live % 4;
        std::vector<float> expected = users_array(live, t, shift);
        std::fill(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(shift), guard);
        expected.push_back(guard);
        std::vector<float> y(expected.size(), guard);
        HWY_DYNAMIC_DISPATCH(store)(tensor.data() + t.at(0), live, t, y.data() + shift);
        CAPTURE(t.width);
        CAPTURE(live);
        CHECK(y == expected);
      }
    }
  }
}

TEST_CASE("transpose_to_rows turns samples into rows and pads them with zeros") {
  for (const std::int64_t target : usable_targets(HWY_TARGETS)) {
    CAPTURE(hwy::TargetName(target));
    const only_target only(target);
    for (const std::size_t block : {std::size_t{16}, std::size_t{32}, std::size_t{48}}) {
      for (const std::size_t count :
           {1U, 3U, 4U, 7U, 8U, 9U, 15U, 16U, 17U, 20U, 31U, 40U, 100U, 152U}) {
        for (const std::size_t stride :
             {(count + 15) / 16 * 16, (count + 15) / 16 * 16 + 16, count}) {
          std::vector<float> x(count * block), out(block * stride + 1, guard),
              expected(block * stride + 1, 0.0F);
          expected.back() = guard;
          for (std::size_t i = 0; i < count; ++i) {
            for (std::size_t s = 0; s < block; ++s)
              x[i * block + s] = expected[s * stride + i] = value(s, i);
          }
          HWY_DYNAMIC_DISPATCH(to_rows)(x.data(), count, block, stride, out.data());
          CAPTURE(count);
          CHECK(out == expected);
        }
      }
    }
  }
}

TEST_CASE("load_classes converts class numbers, dead lanes are class 0") {
  for (const std::int64_t target : usable_targets(HWY_TARGETS)) {
    const only_target only(target);
    for (std::size_t live = 0; live <= 32; ++live) {
      std::vector<std::int32_t> t(live);
      std::vector<float> out(33, guard), expected(33, 0.0F);
      expected[32] = guard;
      for (std::size_t s = 0; s < live; ++s)
        expected[s] = static_cast<float>(t[s] = static_cast<std::int32_t>(s * 31 + 5));
      HWY_DYNAMIC_DISPATCH(classes)(t.data(), live, out.data(), 32);
      CHECK(out == expected);
    }
  }
}

TEST_CASE("clear_halo zeroes the border alone") {
  for (const std::int64_t target : usable_targets(HWY_TARGETS)) {
    const only_target only(target);
    for (const door& t : doors()) {
      std::vector<float> tensor(t.floats(), guard), expected(t.floats(), 0.0F);
      for (std::size_t i = 0; i < t.count(); ++i) {
        for (std::size_t s = 0; s < t.block; ++s) expected[t.at(i) + s] = guard;
      }
      tensor.push_back(guard), expected.push_back(guard);
      HWY_DYNAMIC_DISPATCH(halo)(tensor.data(), t);
      CHECK(tensor == expected);
    }
  }
}

}  // namespace tests
#endif
