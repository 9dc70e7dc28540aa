// The loss along a step: a quadratic loss gives a parabola and one smoothness; nothing is moved.
#include "runtime/train/landscape.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "runtime/train/image.hpp"
#include "runtime/train/initialize.hpp"
#include "runtime/train/weights.hpp"
#include "tests/runtime/linear_network.hpp"
#include "tests/runtime/run_command.hpp"

namespace {

using namespace tenon::test;
using namespace tenon::runtime;

TEST_CASE("landscape: rates are equal factors apart") {
  const auto rates = logarithmic_rates(0.01, 10, 4);
  REQUIRE(rates.size() == 4);
  for (int i = 0; i < 4; ++i) CHECK(rates[std::size_t(i)] == doctest::Approx(std::pow(10, i - 2)));
  CHECK(logarithmic_rates(0.5, 2, 1) == std::vector<double>{0.5});
}

TEST_CASE(
    "landscape: along the step of a quadratic loss lies a parabola, equally smooth everywhere") {
  const tenon::network_info& info = *regressor().info;
  const auto trainer = regressor().make_trainer(nullptr);
  initialize(info, trainer->image(), 7);
  const std::vector<float> before(trainer->image().begin(), trainer->image().end());
  dataset data{.shape = {3},
               .x = {1, 2, 3, -1, 0.5F, 2, 0, 1, -2, 0.25F, -3, 1},
               .classes = {},
               .target_shape = {2},
               .targets = {1, 0, 0, 1, 2, -1, -2, 3},
               .weights = {}};
  batch samples(info, 4);
  const std::uint32_t all[] = {0, 1, 2, 3};
  samples.gather(data, all);
  const std::vector<double> rates{0.01, 0.02, 0.04, 0.08};
  const landscape l = explore_landscape(info, *trainer, samples, {}, rates);
  REQUIRE(l.points.size() == rates.size());
  CHECK(l.gradient_norm > 0);
  // L(rate) = L - rate |g|^2 + rate^2 / 2 g'Hg.
  const double slope = l.gradient_norm * l.gradient_norm;
  const auto curvature = [&](const landscape_point& p) {
    return 2 * (p.loss - l.loss + p.rate * slope) / (p.rate * p.rate);
  };
  for (const landscape_point& p : l.points) {
    CHECK(curvature(p) == doctest::Approx(curvature(l.points.back())).epsilon(0.02));
    CHECK(p.smoothness == doctest::Approx(l.points.back().smoothness).epsilon(1e-3));
    CHECK(p.gradient_distance == doctest::Approx(p.smoothness * p.rate * l.gradient_norm));
    // g'Hg / g'g is at most |Hg| / |g|.
    CHECK(curvature(p) <= 1.02 * p.smoothness * slope);
  }
  CHECK(std::memcmp(before.data(), trainer->image().data(), before.size() * sizeof(float)) == 0);
}

TEST_CASE("landscape: the command says it as a table and as JSON") {
  const auto folder = fresh("landscape");
  const tenon::network_info& info = *classifier().info;
  aligned_floats image(info.image_floats);
  initialize(info, image.span(), 3);
  save_weights(folder / "w.safetensors", info, image.span(), {});
  const std::vector<std::string> asked{
      "landscape", "--weights", (folder / "w.safetensors").string(),
      "--data",    "mnist1d",   "--rates",
      "0.001",     "1",         "--points",
      "5"};
  const outcome table = run(classifier(), asked);
  CHECK(table.code == 0);
  CHECK(table.out.find("largest smoothness") != std::string::npos);
  auto in_json = asked;
  in_json.emplace_back("--json");
  const auto lines = run(classifier(), in_json).lines();
  REQUIRE(lines.size() == 1);
  REQUIRE(lines[0].at("points").size() == 5);
  const double loss = lines[0].at("loss");
  CHECK(double(lines[0].at("points")[0].at("loss")) < loss);  // a small step goes down
  CHECK(double(lines[0].at("points")[4].at("rate")) == doctest::Approx(1));
}

TEST_CASE("landscape: rates in the wrong order and batches that are too large are refused") {
  const auto asked = [](std::vector<std::string> more) {
    more.insert(more.begin(), {"landscape", "--data", "mnist1d", "--weights", "w"});
    return run(classifier(), more);
  };
  const outcome order = asked({"--rates", "1", "0.1"});
  CHECK(order.code == 2);
  CHECK(order.err.find("--rates 1 0.1: the first is the smaller one") != std::string::npos);
  const outcome large = asked({"--batch-size", "33"});
  CHECK(large.code == 2);
  CHECK(large.err.find("--batch-size 33") != std::string::npos);
}

}  // namespace
