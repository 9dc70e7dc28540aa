// Samples that count differently, are drawn again and again, or belong to several classes.
#include "runtime/app/weighting.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "runtime/io/npy.hpp"
#include "runtime/train/metrics.hpp"
#include "tests/runtime/linear_network.hpp"
#include "tests/runtime/small_data.hpp"
#include "tests/runtime/training.hpp"

namespace {

using namespace tenon::test;
using namespace tenon::runtime;
namespace fs = std::filesystem;

// 8 samples of the classes 0 0 0 0 0 1 1 2.
dataset few() {
  dataset data;
  data.shape = {40};
  data.x.resize(8 * 40);
  data.classes = {0, 0, 0, 0, 0, 1, 1, 2};
  return data;
}
const std::vector<std::uint32_t> all_eight{0, 1, 2, 3, 4, 5, 6, 7};

TEST_CASE("class weights: balanced makes all classes count alike, as scikit-learn does") {
  const auto w = class_weights({"balanced"}, few(), all_eight, *weighted_classifier().info);
  REQUIRE(w.size() == 10);
  CHECK(w[0] == doctest::Approx(8.0 / (10 * 5)));
  CHECK(w[1] == doctest::Approx(8.0 / (10 * 2)));
  CHECK(w[2] == doctest::Approx(8.0 / 10));
  CHECK(w[3] == 0);
  // Of the part alone: one sample of each.
  CHECK(class_weights({"balanced"}, few(), std::vector<std::uint32_t>{0, 5, 7},
                      *weighted_classifier().info)[0] == doctest::Approx(3.0 / 10));
}

TEST_CASE("weights of a batch have a mean of 1: the loss is sum(w loss) / sum(w), as in PyTorch") {
  dataset data = few();
  write_npy("sample_weights.npy", std::vector<std::size_t>{8},
            std::vector<float>{1, 1, 1, 1, 2, 1, 3, 4});
  weighting_flags flags{.classes = {"1", "0.5", "2", "1", "1", "1", "1", "1", "1", "1"},
                        .samples = "sample_weights.npy"};
  weigh(data, all_eight, flags, *weighted_classifier().info);
  CHECK(data.weights == std::vector<float>{1, 1, 1, 1, 2, 0.5, 1.5, 8});
  batch samples(*weighted_classifier().info, 8);
  samples.gather(data, std::vector<std::uint32_t>{4, 5, 6});
  REQUIRE(samples.weights() != nullptr);
  CHECK(samples.weights()[0] == doctest::Approx(1.5));
  CHECK(samples.weights()[1] == doctest::Approx(0.375));
  CHECK(samples.weights()[2] == doctest::Approx(1.125));
  std::ranges::fill(data.weights, 0.0F);
  samples.gather(data, std::vector<std::uint32_t>{4, 5});
  CHECK(samples.weights()[0] == 0);  // nothing to learn, but no NaN
  batch alike(*classifier().info, 8);
  alike.gather(few(), std::vector<std::uint32_t>{1});
  CHECK(alike.weights() == nullptr);
}

outcome trained(const tenon::network_entry& network, const std::string& output,
                std::vector<std::string> more) {
  more.insert(more.begin(), {"train", "--data", small_data(), "--epochs", "2", "--overwrite",
                             "--output", output});
  return run(network, more);
}

TEST_CASE("weights of 1 train to the same bits, others do not; --resume keeps them") {
  std::vector<std::string> ones{"--class-weights"}, others = ones;
  for (int c = 0; c < 10; ++c) ones.emplace_back("1"), others.push_back(std::to_string(1 + c));
  const auto weights = [](const char* run) { return file(fs::path(run) / "last.safetensors"); };
  REQUIRE(trained(weighted_classifier(), "plain", {}).code == 0);
  REQUIRE(trained(weighted_classifier(), "ones", ones).code == 0);
  REQUIRE(trained(weighted_classifier(), "others", others).code == 0);
  const auto data_of = [](const std::string& content) {  // their tensors, not what is said of them
    return content.substr(content.size() - 410 * sizeof(float));
  };
  CHECK(data_of(weights("plain")) == data_of(weights("ones")));
  CHECK(data_of(weights("plain")) != data_of(weights("others")));
  auto longer = others;
  longer.insert(longer.end(), {"--epochs", "3"});
  std::vector<std::string> arguments{"train",       "--data",   small_data(),
                                     "--overwrite", "--output", "longer"};
  arguments.insert(arguments.end(), longer.begin(), longer.end());
  REQUIRE(run(weighted_classifier(), arguments).code == 0);
  const outcome resumed =
      run(weighted_classifier(), {"train", "--resume", "others", "--epochs", "3"});
  CHECK_MESSAGE(resumed.code == 0, resumed.err);
  CHECK(weights("longer") == weights("others"));
}

TEST_CASE("weights that do not fit are refused, and a network that takes none says what to do") {
  const auto refused = [](const tenon::network_entry& network, std::vector<std::string> flags,
                          const std::string& part) {
    check_refused(trained(network, "refused", std::move(flags)), part);
    CHECK_FALSE(fs::exists("refused"));
  };
  refused(classifier(), {"--class-weights", "balanced"},
          "--class-weights: the loss of network byhand counts all samples alike; declare it with "
          "the option weighted, such as softmax_cross_entropy(weighted), and build it again");
  write_npy("three.npy", std::vector<std::size_t>{3}, std::vector<float>(3, 1.0F));
  refused(weighted_classifier(), {"--sample-weights", "three.npy"}, "holds 3 numbers");
  std::vector<float> bad(125, 1.0F);
  bad[7] = -1;
  write_npy("bad.npy", std::vector<std::size_t>{125}, bad);
  refused(weighted_classifier(), {"--sample-weights", "bad.npy"}, "the weight of sample 7 is -1");
  refused(weighted_classifier(), {"--class-weights", "1", "2"},
          "2 numbers, network byhand tells 10");
  refused(weighted_classifier(), {"--class-weights", "even"},
          "'even' is no number; give one per class, or the word balanced");
  std::vector<std::string> nan{"--class-weights"};
  for (int c = 0; c < 10; ++c) nan.emplace_back(c == 4 ? "nan" : "1");
  refused(weighted_classifier(), nan, "the weight of class 4 is nan");
}

TEST_CASE("--bootstrap: each sample is drawn alike (chi squared), by the seed alone") {
  std::vector<std::uint32_t> part(1000);
  std::iota(part.begin(), part.end(), 5000U);
  std::vector<double> times(part.size());
  constexpr int rounds = 200;
  double left_out = 0;
  for (int seed = 0; seed < rounds; ++seed) {
    const auto drawn = bootstrap(part, static_cast<std::uint64_t>(seed));
    REQUIRE(drawn.size() == part.size());
    std::map<std::uint32_t, int> of;
    for (const std::uint32_t i : drawn) {
      REQUIRE((i >= 5000 && i < 6000));
      ++times[i - 5000], ++of[i];
    }
    left_out += 1 - static_cast<double>(of.size()) / 1000;
  }
  double chi = 0;
  for (const double t : times) chi += (t - rounds) * (t - rounds) / rounds;
  // 999 degrees of freedom: mean 999, deviation sqrt(2 * 999) = 44.7; five deviations.
  CHECK(chi > 999 - 224);
  CHECK(chi < 999 + 224);
  CHECK(left_out / rounds == doctest::Approx(1 / std::exp(1.0)).epsilon(0.02));
  CHECK(bootstrap(part, 7) == bootstrap(part, 7));
  CHECK(bootstrap(part, 7) != bootstrap(part, 8));

  REQUIRE(trained(classifier(), "drawn", {"--bootstrap"}).code == 0);
  REQUIRE(trained(classifier(), "whole", {}).code == 0);
  CHECK(file("drawn/arguments.json").find("\"bootstrap\": true") != std::string::npos);
  CHECK(file("drawn/last.safetensors") != file("whole/last.safetensors"));
}

TEST_CASE("soft targets: class numbers become rows of 0 and 1, and train to the same score") {
  const std::string numbers = small_data();
  std::vector<float> rows(125 * 10);
  for (std::size_t i = 0; i < 125; ++i) rows[i * 10 + i * 7 % 10] = 1;
  write_npy("data/rows.npy", std::vector<std::size_t>{125, 10}, rows);
  const std::string shares = numbers.substr(0, numbers.find(',')) + ",data/rows.npy";
  const auto last = [](const std::string& data) {
    const outcome o = run(soft_classifier(), {"train", "--data", data, "--epochs", "2", "--json",
                                              "--overwrite", "--output", "soft"});
    REQUIRE_MESSAGE(o.code == 0, o.err);
    auto line = o.lines().back();
    line.erase("hash");
    return line;
  };
  CHECK(last(numbers) == last(shares));
  CHECK(last(shares)["test_top1"].is_number());
  CHECK(last(shares)["test_mse"].is_null());
  rows[33] = -0.5F;
  write_npy("data/rows.npy", std::vector<std::size_t>{125, 10}, rows);
  check_refused(run(soft_classifier(), {"train", "--data", shares, "--output", "refused"}),
                "the target of sample 3 gives class 3 a share of -0.5");
  check_refused(run(soft_classifier(),
                    {"train", "--data", numbers, "--standardize-target", "--output", "refused"}),
                "classes, not values");
}

TEST_CASE("soft targets: the score is the cross-entropy with all shares, hits go by the largest") {
  score_keeper keeper(*soft_classifier().info);
  std::vector<float> y(10), q(10);
  y[1] = 2, y[2] = 1;
  q[1] = 0.25F, q[2] = 0.5F;
  const std::vector<std::int32_t> largest{2};
  keeper.add(y, largest, q);
  const double log_sum = std::log(8 + std::exp(2.0) + std::exp(1.0));
  CHECK(keeper.result().loss == doctest::Approx(0.25 * (log_sum - 2) + 0.5 * (log_sum - 1)));
  CHECK(keeper.result().top1 == 0);
  CHECK(keeper.result().top5 == 1);
}

}  // namespace
