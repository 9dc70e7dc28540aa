// Dispatch and adapters: a small stand-in with the interface of emitted classes goes through
// network.hpp's.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/core/adapt_test.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <tenon/core.hpp>

HWY_BEFORE_NAMESPACE();
namespace tests::HWY_NAMESPACE {

size_t lanes() { return hwy::HWY_NAMESPACE::Lanes(hwy::HWY_NAMESPACE::CappedTag<float, 16>()); }
std::int64_t target() { return HWY_TARGET; }

}  // namespace tests::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#  include <doctest/doctest.h>

#  include <string>
#  include <vector>

#  include "runtime/core/adapt.hpp"
#  include "tests/core/targets.hpp"

namespace tests {
HWY_EXPORT(lanes);
HWY_EXPORT(target);

namespace {

// y = x * image[0]; one feature.
class scaler_eval {
 public:
  static constexpr std::size_t arena_bytes = 128;
  tenon::error open(std::span<std::byte> arena, std::span<const float> image,
                    tenon::pool* threads) noexcept {
    if (const auto e = tenon::check_arena(arena, arena_bytes); e != tenon::error::none) return e;
    if (image.size() != 1) return tenon::error::weights_wrong_size;
    image_ = image, threads_ = threads;
    return tenon::error::none;
  }
  void run(const float* x, std::size_t n, float* y) noexcept {
    for (std::size_t i = 0; i < n; ++i) y[i] = x[i] * image_[0];
  }
  void probabilities(const float* x, std::size_t n, float* p) noexcept {
    for (std::size_t i = 0; i < n; ++i) p[i] = x[i] > 0 ? 1.0F : 0.0F;
  }
  void run_kernel(std::size_t index, std::size_t block) noexcept {
    last_kernel = index * 100 + block;
  }
  const char* target() const noexcept { return "stand-in"; }
  static inline std::size_t last_kernel = 0;

 private:
  std::span<const float> image_;
  tenon::pool* threads_ = nullptr;
};

// loss = mean (w x - t)^2; the state lies in the arena.
template <class T>
class scaler_train {
 public:
  static constexpr std::size_t arena_bytes = 64;
  using target_type = T;
  tenon::error open(std::span<std::byte> arena, tenon::pool*) noexcept {
    if (const auto e = tenon::check_arena(arena, arena_bytes); e != tenon::error::none) return e;
    state_ = reinterpret_cast<float*>(arena.data());
    for (int i = 0; i < 3; ++i) state_[i] = 0;
    return tenon::error::none;
  }
  std::span<float> image() noexcept { return {state_, 1}; }
  std::span<float> optimizer_state() noexcept { return {state_ + 1, 1}; }
  float gradients(const float* x, const T* t, std::size_t n, const tenon::settings&) noexcept {
    float loss = 0, d_w = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const float e = state_[0] * x[i] - static_cast<float>(t[i]);
      loss += e * e, d_w += 2 * e * x[i];
    }
    state_[2] = d_w / static_cast<float>(n);
    return loss / static_cast<float>(n);
  }
  void update(const tenon::settings& s) noexcept { state_[0] -= s.learning_rate * state_[2]; }
  void outputs(std::size_t n, float* y) noexcept { std::fill(y, y + n, state_[0]); }
  void forward(const float* x, std::size_t n, float* y, const tenon::settings&) noexcept {
    for (std::size_t i = 0; i < n; ++i) y[i] = state_[0] * x[i];
  }
  void statistics(const float*, std::size_t n, const tenon::settings&) noexcept {
    state_[1] = static_cast<float>(n);
  }
  void gradient(std::span<float> image) noexcept { image[0] = state_[2]; }
  void set_gradient(std::span<const float> image) noexcept { state_[2] = image[0]; }
  void run_kernel(std::size_t index, std::size_t) noexcept {
    state_[1] = static_cast<float>(index);
  }
  const char* target() const noexcept { return "stand-in"; }

 private:
  float* state_ = nullptr;
};

}  // namespace

TEST_CASE("choose_target makes each usable target the one that is called, and names it") {
  const std::vector<std::int64_t> targets = usable_targets(HWY_TARGETS);
  REQUIRE(!targets.empty());
  for (const std::int64_t wanted : targets) {
    hwy::SetSupportedTargetsForTest(wanted);
    REQUIRE(tenon::choose_target<HWY_TARGETS>());
    auto* function = &HWY_DYNAMIC_DISPATCH(target);
    CHECK(function() == wanted);
    CHECK(std::string(tenon::target_name<HWY_TARGETS>()) == hwy::TargetName(wanted));
    CHECK((&HWY_DYNAMIC_DISPATCH(lanes))() <= 16);
  }
  hwy::SetSupportedTargetsForTest(0);
  REQUIRE(tenon::choose_target<HWY_TARGETS>());
  CHECK((&HWY_DYNAMIC_DISPATCH(target))() == targets.front());
}

TEST_CASE("a CPU without any compiled target is refused") {
  hwy::SetSupportedTargetsForTest(HWY_AVX2);
  CHECK_FALSE(tenon::choose_target<(HWY_NEON | HWY_SVE)>());
  CHECK(tenon::choose_target<HWY_AVX3>());  // a single target was the compiler's choice
  hwy::SetSupportedTargetsForTest(0);
}

TEST_CASE("adapt_evaluator owns an arena and hands everything on") {
  const std::vector<float> image = {3.0F};
  const auto network = tenon::adapt_evaluator<scaler_eval>::make(image, nullptr);
  const std::vector<float> x = {1.0F, -2.0F};
  std::vector<float> y(2);
  network->run(x.data(), 2, y.data());
  CHECK(y == std::vector<float>{3.0F, -6.0F});
  network->probabilities(x.data(), 2, y.data());
  CHECK(y == std::vector<float>{1.0F, 0.0F});
  network->run_kernel(4, 2);
  CHECK(scaler_eval::last_kernel == 402);
  CHECK(network->target() == "stand-in");
  const std::vector<float> wrong(2);
  CHECK_THROWS_WITH_AS(tenon::adapt_evaluator<scaler_eval>::make(wrong, nullptr),
                       tenon::text(tenon::error::weights_wrong_size), std::runtime_error);
}

TEST_CASE_TEMPLATE("adapt_trainer trains through the virtual interface", T, float, std::int32_t) {
  const auto network = tenon::adapt_trainer<scaler_train<T>>::make(nullptr);
  const std::vector<float> x = {1.0F, 2.0F};
  const std::vector<T> t = {T{2}, T{4}};
  tenon::settings s;
  s.learning_rate = 0.1F;
  const float first = network->gradients(x.data(), t.data(), 2, s);
  CHECK(first == doctest::Approx(10.0));
  std::vector<float> d_w(1);
  network->gradient(d_w);
  CHECK(d_w[0] == doctest::Approx(-10.0));
  for (int step = 0; step < 30; ++step)
    network->gradients(x.data(), t.data(), 2, s), network->update(s);
  CHECK(network->image()[0] == doctest::Approx(2.0));
  std::vector<float> y(2);
  network->forward(x.data(), 2, y.data(), s);
  CHECK(y[1] == doctest::Approx(4.0));
  network->outputs(1, y.data());
  CHECK(y[0] == doctest::Approx(2.0));
  network->statistics(x.data(), 2, s);
  CHECK(network->optimizer_state()[0] == 2.0F);
  network->run_kernel(5, 0);
  CHECK(network->optimizer_state()[0] == 5.0F);
  network->set_gradient(std::vector<float>{-7.0F});
  network->gradient(d_w);
  CHECK(d_w[0] == -7.0F);
  CHECK(network->target() == "stand-in");
}

}  // namespace tests
#endif
