// The tree of sum_of_16, alone and over rows: the bits of a plain loop, on every target.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/core/sums_test.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <tenon/core.hpp>

HWY_BEFORE_NAMESPACE();
namespace tests::HWY_NAMESPACE {

float one_sum(const float* lanes) { return tenon::HWY_NAMESPACE::sum_of_16(lanes); }
void row_sums(const float* lanes, size_t rows, float* out) {
  tenon::HWY_NAMESPACE::sum_rows_of_16(lanes, rows, out);
}

}  // namespace tests::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#  include <doctest/doctest.h>

#  include <bit>
#  include <vector>

#  include "tests/core/targets.hpp"

namespace tests {
HWY_EXPORT(one_sum);
HWY_EXPORT(row_sums);

namespace {

float plain_tree(const float* lanes) {
  std::vector<float> sum(lanes, lanes + 16);
  for (std::size_t half = 8; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) sum[i] = sum[i] + sum[i + half];
  }
  return sum[0];
}

// Magnitudes from 2^-12 to 2^11, so that another order of additions gives other bits.
std::vector<float> rough_floats(std::size_t n, std::uint32_t stream) {
  std::vector<float> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    const auto words = tenon::random_bits(7, stream, 0, 0, static_cast<std::uint32_t>(i));
    const float magnitude = std::bit_cast<float>((words[1] % 24 + 115) << 23);
    x[i] = (tenon::to_uniform(words[0]) - 0.5F) * magnitude;
  }
  return x;
}

}  // namespace

TEST_CASE("sum_of_16 adds by the tree that it promises") {
  for (const std::int64_t target : usable_targets(HWY_TARGETS)) {
    CAPTURE(hwy::TargetName(target));
    const only_target only(target);
    std::size_t differs_from_left_to_right = 0;
    for (std::uint32_t stream = 0; stream < 200; ++stream) {
      const std::vector<float> lanes = rough_floats(16, stream);
      const float sum = HWY_DYNAMIC_DISPATCH(one_sum)(lanes.data());
      CHECK(std::bit_cast<std::uint32_t>(sum) ==
            std::bit_cast<std::uint32_t>(plain_tree(lanes.data())));
      float in_order = 0;
      for (const float lane : lanes) in_order += lane;
      differs_from_left_to_right += in_order != sum;
    }
    CHECK(differs_from_left_to_right > 20);  // the inputs can tell trees apart
  }
}

TEST_CASE(
    "sum_rows_of_16 gives the same bits for every number of rows, and writes no more than them") {
  for (const std::int64_t target : usable_targets(HWY_TARGETS)) {
    CAPTURE(hwy::TargetName(target));
    const only_target only(target);
    for (std::size_t rows = 0; rows <= 27; ++rows) {
      CAPTURE(rows);
      for (std::size_t shift = 0; shift < 3; ++shift) {  // neither end needs alignment
        const std::vector<float> lanes =
            rough_floats(rows * 16 + shift, 1000 + static_cast<std::uint32_t>(rows));
        std::vector<float> out(rows + shift + 2, -77.0F);
        HWY_DYNAMIC_DISPATCH(row_sums)(lanes.data() + shift, rows, out.data() + shift + 1);
        for (std::size_t r = 0; r < rows; ++r)
          CHECK(out[shift + 1 + r] == plain_tree(lanes.data() + shift + r * 16));
        CHECK(out[shift] == -77.0F);
        CHECK(out[shift + 1 + rows] == -77.0F);
      }
    }
  }
}

}  // namespace tests
#endif
