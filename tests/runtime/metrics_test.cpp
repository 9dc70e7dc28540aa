// Errors of values and rates of classes, against figures worked out by hand or published.
#include "runtime/train/metrics.hpp"

#include <doctest/doctest.h>

#include <span>

#include "runtime/train/confusion.hpp"

namespace {

using namespace tenon::runtime;

// The example of scikit-learn's documentation of r2_score and mean_squared_error: two outputs.
constexpr float truth[] = {0.5F, 1, -1, 1, 7, -6}, predicted[] = {0, 2, -1, 2, 8, -5};

score errors(std::span<const float> y, std::span<const float> values, std::size_t first,
             std::span<const float> unit = {}) {
  regression_keeper keeper(2, unit);
  keeper.add(y.first(2 * first), values.first(2 * first));
  keeper.add(y.subspan(2 * first), values.subspan(2 * first));
  score s;
  keeper.put_into(s);
  return s;
}

TEST_CASE("mse, mae and r2: scikit-learn's example, whatever the batches") {
  for (const std::size_t first : {std::size_t{0}, std::size_t{1}, std::size_t{2}}) {
    const score s = errors(predicted, truth, first);
    CHECK(*s.mse == doctest::Approx(4.25 / 6));
    CHECK(*s.mae == doctest::Approx(0.75));
    CHECK(*s.r2 == doctest::Approx((1 - 1.25 / 36.166667 + 1 - 3 / 32.666667) / 2));
  }
}

TEST_CASE(
    "errors are in the targets' own units; r2 has none, and none where a target is constant") {
  const float unit[] = {10, 100};
  const score s = errors(predicted, truth, 1, unit);
  CHECK(*s.mse == doctest::Approx((1.25 * 100 + 3 * 10'000) / 6));
  CHECK(*s.mae == doctest::Approx((1.5 * 10 + 3 * 100) / 6));
  CHECK(*s.r2 == doctest::Approx(0.936801));

  const float same[] = {1, 5, 2, 5};
  const score constant = errors(std::span(predicted).first(4), same, 1);
  CHECK_FALSE(constant.r2);
  CHECK(constant.mse);
}

TEST_CASE(
    "confusion matrix: rows are truth; rates; classes never seen or never predicted have none") {
  confusion_matrix m(4);
  const float y[] = {9, 1, 0, 0,   // 0
                     0, 9, 1, 0,   // 1
                     9, 9, 0, 0,   // 0: the first of equals
                     0, 0, 1, 9};  // 3
  const std::int32_t classes[] = {0, 1, 1, 0};
  m.add(y, classes);
  CHECK(m.count(0, 0) == 1);
  CHECK(m.count(1, 0) == 1);
  CHECK(m.count(1, 1) == 1);
  CHECK(m.count(0, 3) == 1);
  CHECK(*m.rates(0).precision == 0.5);
  CHECK(*m.rates(0).recall == 0.5);
  CHECK(*m.rates(1).precision == 1);
  CHECK(*m.rates(1).recall == 0.5);
  CHECK(*m.rates(1).f1 == doctest::Approx(2.0 / 3));
  CHECK(m.rates(1).support == 2);
  CHECK(*m.rates(3).precision == 0);
  CHECK_FALSE(m.rates(3).recall);
  CHECK_FALSE(m.rates(2).precision);
  CHECK_FALSE(m.rates(2).f1);
}

}  // namespace
