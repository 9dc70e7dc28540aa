// Several networks as one, and the search for a learning rate.
#include "runtime/train/ensemble.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

#include "runtime/train/find_rate.hpp"
#include "runtime/train/initialize.hpp"
#include "tests/runtime/linear_network.hpp"
#include "tests/runtime/small_data.hpp"
#include "tests/runtime/training.hpp"

namespace {

using namespace tenon::test;
using namespace tenon::runtime;
namespace fs = std::filesystem;

ensemble::member member_of(const tenon::network_entry& network, std::uint64_t seed) {
  aligned_floats image(network.info->image_floats);
  initialize(*network.info, image.span(), seed);
  return {"seed " + std::to_string(seed),
          {},
          std::make_unique<folded_network>(network, image.span(), nullptr)};
}

ensemble ensemble_of(const tenon::network_entry& network, std::vector<std::uint64_t> seeds) {
  std::vector<ensemble::member> members;
  for (const std::uint64_t seed : seeds) members.push_back(member_of(network, seed));
  return {*network.info, std::move(members)};
}

std::vector<float> inputs(std::size_t n) {
  std::vector<float> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = std::sin(static_cast<float>(i * i % 101));
  return x;
}

TEST_CASE("an ensemble of one gives the very bits of its member") {
  constexpr std::size_t n = 77;  // more than a batch of 32
  ensemble one = ensemble_of(classifier(), {3});
  auto alone = member_of(classifier(), 3);
  const std::vector<float> x = inputs(n * 40);
  std::vector<float> a(n * 10), b(n * 10);
  one.run(x.data(), n, a.data());
  alone.network->run().run(x.data(), n, b.data());
  CHECK(a == b);
  one.probabilities(x.data(), n, a.data());
  alone.network->run().probabilities(x.data(), n, b.data());
  CHECK(a == b);
}

TEST_CASE(
    "an ensemble's probabilities are the mean of its members', sum to 1, and are its outputs' "
    "softmax") {
  constexpr std::size_t n = 40;
  const std::vector<float> x = inputs(n * 40);
  ensemble three = ensemble_of(classifier(), {1, 2, 3});
  std::vector<float> p(n * 10), y(n * 10);
  three.probabilities(x.data(), n, p.data());
  three.run(x.data(), n, y.data());
  std::vector<double> mean(n * 10);
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    std::vector<float> of_one(n * 10);
    member_of(classifier(), seed).network->run().probabilities(x.data(), n, of_one.data());
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += of_one[i] / 3.0;
  }
  for (std::size_t s = 0; s < n; ++s) {
    double sum = 0, of_exponentials = 0;
    for (std::size_t i = s * 10; i < (s + 1) * 10; ++i) {
      CHECK(p[i] == doctest::Approx(mean[i]).epsilon(1e-6));
      CHECK(std::exp(y[i]) == doctest::Approx(p[i]).epsilon(1e-5));
      sum += p[i], of_exponentials += std::exp(y[i]);
    }
    CHECK(sum == doctest::Approx(1).epsilon(1e-6));
    CHECK(of_exponentials == doctest::Approx(1).epsilon(1e-5));
  }
}

TEST_CASE("an ensemble of networks with values gives their mean, each with its own units") {
  const std::vector<float> x = inputs(5 * 3);
  std::vector<float> a(10), b(10), y(10);
  auto first = member_of(regressor(), 1), second = member_of(regressor(), 2);
  first.network->run().run(x.data(), 5, a.data());
  second.network->run().run(x.data(), 5, b.data());
  second.about.target = {.kind = standardization::column, .mean = {1, 1}, .deviation = {2, 2}};
  std::vector<ensemble::member> both;
  both.push_back(std::move(first)), both.push_back(std::move(second));
  ensemble two(*regressor().info, std::move(both));
  two.run(x.data(), 5, y.data());
  for (std::size_t i = 0; i < y.size(); ++i)
    CHECK(y[i] == doctest::Approx((a[i] + (2 * b[i] + 1)) / 2).epsilon(1e-6));
}

TEST_CASE("eval and predict take several weights; members that do not fit together are refused") {
  const std::string data = small_data();
  const auto member = [&](const std::string& output, std::vector<std::string> more) {
    more.insert(more.begin(), {"--data", data, "--epochs", "3", "--overwrite", "--output", output});
    REQUIRE(train(more).code == 0);
    return output + "/best.safetensors";
  };
  const std::string a = member("a", {"--bootstrap", "--initializer", "he_normal"}),
                    b = member("b", {"--opt", "adam", "--lr", "0.01"}),
                    other_seed = member("c", {"--seed", "7"});
  const auto loss = [&](std::vector<std::string> weights) {
    std::vector<std::string> words{"eval", "--data", data, "--json", "--weights"};
    words.insert(words.end(), weights.begin(), weights.end());
    const outcome o = run(classifier(), words);
    REQUIRE_MESSAGE(o.code == 0, o.err);
    return o.lines().back()["loss"].get<double>();
  };
  CHECK(loss({a, a, a}) == doctest::Approx(loss({a})).epsilon(1e-6));
  // -log is convex: the loss of the mean is at most the mean of the losses.
  CHECK(loss({a, b}) <= (loss({a}) + loss({b})) / 2);
  const outcome o = run(classifier(), {"eval", "--data", data, "--weights", a, b});
  CHECK(o.out.starts_with("the mean of 2 networks\n"));
  const outcome p = run(classifier(), {"predict", "--input", "data/x.npy", "--weights", a, b});
  CHECK_MESSAGE(p.code == 0, p.err);
  check_refused(run(classifier(), {"eval", "--data", data, "--weights", a, other_seed}),
                "were trained with --seed 42 and 7");
  CHECK(run(classifier(), {"eval", "--data", data, "--part", "all", "--weights", a, other_seed})
            .code == 0);
}

std::vector<rate_point> curve(std::initializer_list<double> smoothed) {
  std::vector<rate_point> points;
  for (const double s : smoothed)
    points.push_back({std::pow(10, static_cast<double>(points.size()) - 6), s, s});
  return points;
}

TEST_CASE("the suggested rate is the middle of the longest fall of the smoothed loss") {
  CHECK(suggested_rate(curve({5, 5, 5, 4, 3, 2, 1, 8})).value() ==
        doctest::Approx(std::sqrt(1e-4 * 1)).epsilon(1e-9));  // not from the flat beginning
  CHECK(suggested_rate(curve({1, 2, 3, 2.5, 2.7, 2, 1.5, 9})).value() ==
        doctest::Approx(std::sqrt(1e-4 * 1)).epsilon(1e-9));
  CHECK_FALSE(suggested_rate(curve({1, 2, 3})).has_value());
  CHECK_FALSE(suggested_rate({}).has_value());
}

TEST_CASE("--find-lr: rates grow by a factor until the loss runs away; all bits are as before") {
  const auto trainer = make_trainer(classifier(), nullptr);
  const auto& info = *classifier().info;
  initialize(info, trainer->image(), 5);
  for (float& v : trainer->optimizer_state()) v = 0.25F;
  const std::vector<float> image(trainer->image().begin(), trainer->image().end()),
      state(trainer->optimizer_state().begin(), trainer->optimizer_state().end());
  dataset data;
  data.shape = {40};
  data.x = inputs(100 * 40);
  for (std::size_t i = 0; i < 100; ++i)
    data.classes.push_back(static_cast<std::int32_t>(i * 7 % 10));
  std::vector<std::uint32_t> part(100);
  std::iota(part.begin(), part.end(), 0U);
  recipe r{.step = {}, .rate = {}, .batch = 32};
  const auto points = find_rate(*trainer, info, data, part, r);
  CHECK(std::ranges::equal(image, trainer->image()));
  CHECK(std::ranges::equal(state, trainer->optimizer_state()));
  REQUIRE(points.size() > 10);
  CHECK(points[0].rate == doctest::Approx(1e-7));
  CHECK(points[0].smoothed == doctest::Approx(points[0].loss));
  CHECK(points[10].rate / points[9].rate == doctest::Approx(std::pow(1e8, 1.0 / 99)));
  CHECK(points.back().rate <= 10.0001);
  double least = points[0].smoothed;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    least = std::min(least, points[i].smoothed);
    CHECK(points[i].smoothed <= 4 * least);
  }
}

TEST_CASE("--find-lr suggests a rate, writes its points, and trains nothing") {
  fs::remove_all("found");
  const std::vector<std::string> flags{"--data", small_data(), "--find-lr", "--output", "found"};
  const outcome o = train(flags);
  REQUIRE_MESSAGE(o.code == 0, o.err);
  CHECK(o.out.starts_with("suggested  --lr "));
  CHECK(file("found/find_lr.csv").starts_with("learning_rate,loss,smoothed\n1e-07,"));
  CHECK(file("found/find_lr.svg").starts_with("<svg"));
  CHECK_FALSE(fs::exists("found/state"));
  check_refused(train(flags), "holds a search already");
  auto again = flags;
  again.insert(again.end(), {"--overwrite", "--json"});
  CHECK(train(again).lines().back()["suggestion"].is_number());
}

}  // namespace
