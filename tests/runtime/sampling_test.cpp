// predict --samples: mean and spread over draws of the noise, on draws that are known.
#include <doctest/doctest.h>

#include <cmath>

#include "runtime/io/npy.hpp"
#include "tests/runtime/linear_network.hpp"
#include "tests/runtime/run_command.hpp"

namespace {

using namespace tenon::test;
namespace rt = tenon::runtime;
using strings = std::vector<std::string>;

// Draw k of sample i says 100 i + k for its first output and nothing that varies for all others;
// logits are 1000 more, and the seed shows in the second output.
class known_draws final : public tenon::sampler {
 public:
  explicit known_draws(std::size_t outputs) : outputs_(outputs) {}
  void run(const float* x, std::size_t n, float* y, std::uint64_t seed,
           std::uint64_t draw) noexcept override {
    fill(x, n, y, seed, draw, 1000);
  }
  void probabilities(const float* x, std::size_t n, float* p, std::uint64_t seed,
                     std::uint64_t draw) noexcept override {
    fill(x, n, p, seed, draw, 0);
  }

 private:
  void fill(const float*, std::size_t n, float* y, std::uint64_t seed, std::uint64_t draw,
            float more) const {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t o = 0; o < outputs_; ++o) y[i * outputs_ + o] = more;
      y[i * outputs_] += static_cast<float>(100 * i + draw);
      y[i * outputs_ + 1] += static_cast<float>(seed);
    }
  }
  std::size_t outputs_;
};

tenon::network_entry noisy(tenon::network_entry network) {
  network.make_sampler = network.info->target_is_class
                             ? [](std::span<const float>, tenon::pool*) {
                                 return std::unique_ptr<tenon::sampler>(
                                     std::make_unique<known_draws>(10));
                               }
                             : [](std::span<const float>, tenon::pool*) {
                                 return std::unique_ptr<tenon::sampler>(
                                     std::make_unique<known_draws>(2));
                               };
  return network;
}

// Weights of the classifier and two inputs.
strings prepared(const std::string& folder) {
  const auto data = fresh(folder);
  const std::string weights = (data / "run").string(), in = (data / "x.npy").string();
  REQUIRE(run(classifier(),
              {"train", "--data", "mnist1d", "--epochs", "1", "--output", weights, "--json"})
              .code == 0);
  rt::write_npy(in, std::vector<std::size_t>{2, 40}, std::vector<float>(80, 0.5F));
  return {"predict", "--weights", weights + "/best.safetensors", "--input", in};
}

outcome predict(const tenon::network_entry& network, strings words, const strings& more) {
  words.insert(words.end(), more.begin(), more.end());
  return run(network, words);
}

TEST_CASE("samples: mean and standard deviation over draws - 1, in files, text and JSON") {
  const strings words = prepared("sampled");
  const outcome o = predict(noisy(classifier()), words,
                            {"--samples", "4", "--seed", "7", "--output", "sampled/mean.npy",
                             "--spread", "sampled/spread.npy"});
  REQUIRE_MESSAGE(o.code == 0, o.err);
  const auto mean = rt::read_npy("sampled/mean.npy"), spread = rt::read_npy("sampled/spread.npy");
  CHECK(mean.shape == std::vector<std::size_t>{2, 10});
  CHECK(spread.shape == mean.shape);
  const std::vector<float> m = mean.floats(), s = spread.floats();
  CHECK(m[0] == 1.5F);
  CHECK(m[10] == 101.5F);
  CHECK(m[1] == 7);
  for (const std::size_t i : {std::size_t{0}, std::size_t{10}})
    CHECK(s[i] == doctest::Approx(std::sqrt(5.0 / 3)));  // of 0, 1, 2, 3
  CHECK(s[1] == 0);

  const outcome printed = predict(noisy(classifier()), words, {"--samples", "4", "--seed", "7"});
  CHECK(printed.out == "0: 1 7.0000 ± 0.0000\n1: 0 101.5000 ± 1.2910\n");
  const auto line =
      predict(noisy(classifier()), words, {"--samples", "4", "--json", "--logits"}).lines().at(1);
  CHECK(line["top"][0]["logit"] == 1101.5);
  CHECK(line["top"][0]["spread"].get<double>() == doctest::Approx(1.2909944));
}

TEST_CASE("samples: a network without noise, one draw, and one file for two say what to do") {
  const strings words = prepared("unsampled");
  const auto refuses = [&](const tenon::network_entry& network, const strings& more,
                           const strings& says) {
    const outcome o = predict(network, words, more);
    CHECK(o.code == 2);
    CHECK(o.out == "");
    CHECK(o.err.starts_with("tenon: error: "));
    for (const std::string& text : says) CHECK_MESSAGE(o.err.find(text) != o.err.npos, o.err);
  };
  refuses(classifier(), {"--samples", "20"},
          {"has no noise", "every draw would be the same", "dropout<drop(0.2)>"});
  refuses(noisy(classifier()), {"--samples", "1"}, {"--samples", "2"});
  refuses(noisy(classifier()), {"--spread", "s.npy"}, {"--spread", "--samples"});
  refuses(noisy(classifier()), {"--samples", "2", "--output", "y.npy", "--spread", "y.npy"},
          {"--spread y.npy", "--output"});
  CHECK_FALSE(std::filesystem::exists("y.npy"));
}

}  // namespace
