// Initial weights, metrics, differences, weights files and the loop itself.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "runtime/data/mnist1d.hpp"
#include "runtime/io/error.hpp"
#include "runtime/io/safetensors.hpp"
#include "runtime/train/difference.hpp"
#include "runtime/train/evaluate.hpp"
#include "runtime/train/gradient_check.hpp"
#include "runtime/train/initialize.hpp"
#include "runtime/train/metrics.hpp"
#include "runtime/train/trainer.hpp"
#include "runtime/train/weights.hpp"
#include "tests/runtime/files.hpp"
#include "tests/runtime/linear_network.hpp"

namespace {

using namespace tenon::test;
using namespace tenon::runtime;
using tenon::initializer;

double variance(std::span<const float> values) {
  double sum = 0, squares = 0;
  for (const float v : values) sum += v, squares += double{v} * v;
  const auto n = static_cast<double>(values.size());
  return squares / n - sum / n * sum / n;
}

TEST_CASE(
    "initialisers: variances within 1 % over a million draws; uniform ones stay within their "
    "bounds") {
  constexpr int fan_in = 75, fan_out = 200;
  const auto drawn = [](initializer how) {
    tenon::parameter_info p{};
    p.how = how;
    p.fan_in = fan_in;
    p.fan_out = fan_out;
    std::vector<float> values(1'000'000);
    draw(p, 42, 0, values);
    return values;
  };
  const auto check = [&](initializer how, double expected, bool bounded) {
    const auto values = drawn(how);
    CHECK(variance(values) == doctest::Approx(expected).epsilon(0.01));
    const double largest =
        std::abs(*std::ranges::max_element(values, {}, [](float v) { return std::abs(v); }));
    CHECK((largest <= std::sqrt(3 * expected) * 1.000001) == bounded);
  };
  check(initializer::he_normal, 2.0 / fan_in, false);
  check(initializer::he_uniform, 2.0 / fan_in, true);
  check(initializer::glorot_normal, 2.0 / (fan_in + fan_out), false);
  check(initializer::glorot_uniform, 2.0 / (fan_in + fan_out), true);
  check(initializer::fan_in_uniform, 1.0 / (3 * fan_in), true);
}

TEST_CASE("initialize: padding stays zero; --initializer changes weights and zeroes biases") {
  const tenon::network_info& info = *regressor().info;
  std::vector<float> image(info.image_floats), other(info.image_floats);
  initialize(info, image, 42);
  for (std::size_t i = 3; i < 16; ++i) CHECK(image[i] == 0);
  CHECK(image[32] != 0);
  initialize(info, other, 42, initial_choice{initializer::glorot_normal});
  CHECK(other[32] == 0);
  CHECK(other[0] != image[0]);
  CHECK(unpack(info, image).size() == 8);
}

TEST_CASE("metrics: every sample counts alike, whatever its batch; ties and NaN are no free hits") {
  score_keeper keeper(*classifier().info);
  std::vector<float> y(3 * 10);
  y[4] = 1;       // sample 0: class 4 first
  y[10 + 2] = 3;  // sample 1: class 2 first
  y[20 + 0] = std::nanf("");
  const std::array<std::int32_t, 2> two{4, 1};
  const std::array<std::int32_t, 1> one{3};
  keeper.add(1.0, std::span(y).first(20), two, 2);
  keeper.add(4.0, std::span(y).subspan(20), one, 1);
  CHECK(keeper.result().loss == doctest::Approx(2));
  CHECK(keeper.result().top1 == doctest::Approx(1.0 / 3));
  CHECK(keeper.result().top5 == doctest::Approx(1));
  const std::array<float, 4> equal{1, 1, 1, 1};
  CHECK(rank_of(equal, 0) == 0);
  CHECK(rank_of(equal, 3) == 3);
  const std::array<float, 2> nan{std::nanf(""), std::nanf("")};
  CHECK(rank_of(nan, 0) == 1);
  score_keeper uniform(*classifier().info);
  uniform.add(std::vector<float>(10, 1000.0F), one, {});
  CHECK(uniform.result().loss == doctest::Approx(std::log(10.0)));
}

TEST_CASE("differences: right derivatives pass, wrong ones fail, corners are recognised") {
  const double tolerance = 1e-6;
  const auto checked = [&](auto f, double x, double derivative) {
    return check_derivative(f, x, f(x), derivative, difference_floor(f(x), tolerance), tolerance);
  };
  const auto smooth = [](double x) { return std::exp(x) * std::sin(3 * x); };
  const double d = std::exp(0.7) * (std::sin(2.1) + 3 * std::cos(2.1));
  CHECK(checked(smooth, 0.7, d).relative_error < 1e-8);
  const auto wrong = checked(smooth, 0.7, d * 1.00002);
  CHECK_FALSE(wrong.kink);
  CHECK(wrong.relative_error > tolerance);
  const auto corner = [](double x) { return std::max(x, 0.0); };
  CHECK(checked(corner, 0.0, 1).kink);
  CHECK(checked(corner, 0.0, 0).kink);
  CHECK_FALSE(checked(corner, 0.0, 1.5).kink);  // no slope of either side, nor between
  CHECK(checked(corner, 3e-6, 1).relative_error <
        tolerance);  // a shorter step passes the corner by
  CHECK(checked([](double) { return 2.0; }, 1.0, 0).relative_error == 0);
}

TEST_CASE("gradient check: every parameter and the input, in order") {
  const auto results = check_gradients(classifier(), {.samples = 3}, nullptr);
  REQUIRE(results.size() == 3);
  CHECK(results[0].checked == 64);
  CHECK(results[1].checked == 10);
  CHECK(results[2].layer == "input");
  for (const auto& r : results) CHECK(r.ok);
  CHECK(results[0].emitted_error.value() < 1e-6);
  CHECK_FALSE(results[2].emitted_error.has_value());
}

TEST_CASE("weights: saved and loaded, bit for bit, with what they say about themselves") {
  const tenon::network_info& info = *classifier().info;
  std::vector<float> image(info.image_floats), loaded(info.image_floats);
  initialize(info, image, 5);
  weights_about about;
  about.standardize = {.kind = standardization::channel, .mean = {0.1F}, .deviation = {0.3F}};
  about.data = "feed";
  about.seed = 99;
  about.test_fraction = 0.35;
  save_weights("w.safetensors", info, image, about);
  const weights_about read = load_weights("w.safetensors", info, loaded);
  CHECK(loaded == image);
  CHECK(hash(info, loaded) == hash(info, image));
  CHECK(read.standardize.mean == about.standardize.mean);
  CHECK(read.standardize.deviation == about.standardize.deviation);
  CHECK(read.seed == 99);
  CHECK(read.test_fraction == 0.35);
  loaded[0] += 1;
  CHECK(hash(info, loaded) != hash(info, image));
}

TEST_CASE(
    "weights: names and shapes must agree; metadata may be missing; num_batches_tracked is left "
    "unread") {
  const tenon::network_info& info = *classifier().info;
  std::vector<float> image(info.image_floats);
  const std::vector<float> w(400, 0.5F), b(10, 0.25F), count{7};
  const auto loaded = [&](std::vector<tensor_view> tensors) {
    save_safetensors("f.safetensors", tensors, {});
    return refusal<user_error>([&] { load_weights("f.safetensors", info, image); });
  };
  CHECK(loaded({{"linear_1.weight", {10, 40}, w},
                {"linear_1.bias", {10}, b},
                {"norm.num_batches_tracked", {}, count}}) == "");
  CHECK(image[48] == 0.5F);
  CHECK(image[480] == 0.25F);
  CHECK(loaded({{"linear_1.weight", {10, 40}, w}}).find("lacks 'linear_1.bias'") !=
        std::string::npos);
  CHECK(loaded({{"linear_1.weight", {40, 10}, w}, {"linear_1.bias", {10}, b}}).find("[40, 10]") !=
        std::string::npos);
  CHECK(
      loaded({{"linear_1.weight", {10, 40}, w}, {"linear_1.bias", {10}, b}, {"other", {1}, count}})
          .find("'other'") != std::string::npos);
}

struct silent final : training_observer {
  std::vector<epoch_report> epochs;
  std::size_t left_out = 0, batches = 0;
  void on_batch(const batch_report&) override { ++batches; }
  bool on_step(const position&) override { return true; }
  void on_epoch(const epoch_report& r, const position&) override { epochs.push_back(r); }
  void on_batch_left_out(std::size_t n) override { left_out = n; }
};

silent trained(const tenon::network_entry& network, std::size_t samples, bool drop_last) {
  source_data source = load_mnist1d();
  split parts = make_split(source, {});
  parts.train.resize(samples);
  recipe r{.step = {}, .rate = {}, .epochs = 2, .batch = 32, .drop_last = drop_last};
  r.rate = {.kind = schedule_kind::constant,
            .learning_rate = 0.01,
            .milestones = {},
            .epochs = 2,
            .steps_per_epoch = 2};
  auto trainer = make_trainer(network, nullptr);
  silent observer;
  weight_average none{{}};
  train(network, *trainer, nullptr, source, parts, r, observer, none);
  return observer;
}

TEST_CASE("the loop: short batches count, unless dropped or too short for a norm") {
  CHECK(trained(classifier(), 65, false).batches == 6);
  CHECK(trained(classifier(), 65, false).epochs[0].train.samples == 65);
  CHECK(trained(classifier(), 65, true).batches == 4);
  const silent normed = trained(normed_classifier(), 65, false);
  CHECK(normed.batches == 4);
  CHECK(normed.left_out == 1);
  CHECK(trained(normed_classifier(), 66, false).left_out == 0);
  CHECK_THROWS_AS(trained(classifier(), 20, true), user_error);
}

}  // namespace
