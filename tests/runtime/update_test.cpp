// How parameters are updated, from the command line: optimizers, parameters of their own, frozen
// ones, several batches to a step, averages of weights.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "runtime/app/magnitude_report.hpp"
#include "runtime/app/update_flags.hpp"
#include "runtime/train/average.hpp"
#include "runtime/train/state.hpp"
#include "runtime/train/weights.hpp"
#include "tests/runtime/linear_network.hpp"
#include "tests/runtime/small_data.hpp"
#include "tests/runtime/training.hpp"

namespace {

using namespace tenon::test;
namespace rt = tenon::runtime;
using arguments = std::vector<std::string>;

arguments joined(arguments a, const arguments& more) {
  a.insert(a.end(), more.begin(), more.end());
  return a;
}

arguments begin(const char* output, const arguments& flags = {}) {
  arguments all{"--data", small_data(), "--overwrite", "--json", "--output", output};
  if (std::ranges::count(flags, "--epochs") == 0) all = joined(all, {"--epochs", "3"});
  return joined(all, flags);
}

// Trains, and returns the file's parameters.
std::vector<float> trained(const arguments& flags, const char* weights = "last.safetensors") {
  const outcome o = train(begin("run", flags));
  REQUIRE_MESSAGE(o.code == 0, o.err);
  std::vector<float> image(classifier().info->image_floats);
  rt::load_weights(std::filesystem::path("run") / weights, *classifier().info, image);
  return image;
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    most = std::max(most, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  return most;
}

constexpr std::size_t bias = 480;  // where it begins in the image

TEST_CASE("every optimizer trains from the command line") {
  for (const char* name : {"sgd", "adam", "adamw", "nadam", "adamax", "rmsprop", "rmsproptf",
                           "adagrad", "adadelta", "lamb"}) {
    CAPTURE(name);
    arguments flags{"--opt", name};
    if (std::string_view(name) == "lamb") flags = joined(flags, {"--weight-decay", "0.01"});
    const outcome o = train(begin("run", joined(flags, {"--epochs", "12"})));
    REQUIRE_MESSAGE(o.code == 0, o.err);
    const auto lines = o.lines();
    CHECK(lines[11]["train_loss"].get<double>() < lines[0]["train_loss"].get<double>());
  }
}

TEST_CASE("several batches to a step are one batch of them all") {
  for (const char* optimizer : {"sgd", "adam"}) {
    CAPTURE(optimizer);
    const auto with = [&](const arguments& more) {
      return trained(joined({"--opt", optimizer, "--clip-grad", "0.5"}, more));
    };
    const auto whole = with({"-b", "32"});
    CHECK(distance(whole, with({"-b", "16", "--accumulate", "2"})) < 2e-5);
    CHECK(distance(whole, with({"-b", "8", "--accumulate", "4"})) < 2e-5);
    CHECK(distance(whole, with({"-b", "8"})) > 1e-3);
    // Gradient descent: the order of the samples has no effect.
    const auto all = with({"-b", "32", "--accumulate", "epoch"});
    CHECK(distance(all, with({"-b", "20", "--accumulate", "5"})) < 2e-5);
  }
}

TEST_CASE("a step of several batches is counted as one, and resumed between steps alone") {
  const arguments flags{"-b", "8", "--accumulate", "3", "--opt", "adam"};
  REQUIRE(train(begin("whole", flags)).code == 0);
  for (const int step : {5, 9}) {  // 13 batches to an epoch: 5 steps
    CAPTURE(step);
    CHECK(stopped_at(step, begin("parts", flags)).code == 130);
    const outcome o = train({"--resume", "parts", "--json"});
    REQUIRE_MESSAGE(o.code == 0, o.err);
    CHECK(file("whole/last.safetensors") == file("parts/last.safetensors"));
  }
  CHECK(rt::load_state("whole/state", *classifier().info).record.at.step == 15);
}

TEST_CASE("frozen parameters keep their bits, the others learn") {
  REQUIRE(train(begin("first")).code == 0);
  std::vector<float> before(classifier().info->image_floats);
  rt::load_weights("first/last.safetensors", *classifier().info, before);
  const auto after = trained({"--init", "first/last.safetensors", "--freeze", "*.weight",
                              "--weight-decay", "0.1", "--max-norm", "0.1"});
  CHECK(std::equal(after.begin(), after.begin() + bias, before.begin()));
  CHECK(after[bias] != before[bias]);
  check_refused(train(begin("run", {"--freeze", "linear_1.*"})), "leaves no parameter to train");
  check_refused(train(begin("run", {"--freeze", "conv2d_9.*"})),
                "--freeze 'conv2d_9.*': matches no parameter of byhand");
}

TEST_CASE("--param: rates, decay and constraints of single parameters") {
  const auto plain = trained({"--lr", "0.1"});
  // The rate follows the schedule in proportion: 0 stands still, the common one changes nothing.
  CHECK(trained({"--lr", "0.1", "--param", "linear_1.*:lr=0.1"}) == plain);
  const auto still = trained({"--lr", "0.1", "--param", "*.bias:lr=0"});
  CHECK(still[bias] == trained({"--lr", "0.1", "--freeze", "*.bias"})[bias]);
  CHECK(still[bias] != plain[bias]);
  CHECK(trained({"--lr", "0.1", "--param", "*:lr=7", "*.weight:lr=0.1", "*.bias:lr=0"}) == still);
  CHECK(trained({"--weight-decay", "0.3"}) ==
        trained({"--param", "*.weight:decay=0.3", "*.bias:decay=0"}));
  CHECK(trained({"--weight-decay", "0.3", "--decay-all"}) ==
        trained({"--param", "linear_1.*:decay=0.3"}));
  CHECK(trained({"--l1", "0.01", "--max-norm", "0.2"}) ==
        trained({"--param", "*.weight:l1=0.01,max-norm=0.2"}));
  check_refused(train(begin("run", {"--param", "linear_1.*"})), "is not PATTERN:KEY=VALUE");
  check_refused(train(begin("run", {"--param", "linear_1.*:rate=1"})),
                "'rate' is not known; there are lr, decay, l1 and max-norm");
  check_refused(train(begin("run", {"--param", "linear_1.*:lr=fast"})), "'fast' is no number");
  check_refused(train(begin("run", {"--lr", "0", "--param", "linear_1.*:lr=1"})), "which is 0");
}

TEST_CASE("flags that an optimizer has no use for, or that miss another, are refused") {
  const auto refused = [](const arguments& flags, const std::string& part) {
    check_refused(train(begin("run", flags)), part);
  };
  refused({"--opt", "adam", "--momentum", "0.9"}, "--opt adam has no use for it");
  refused({"--opt", "sgd", "--opt-alpha", "0.9"}, "rmsprop, rmsproptf, adadelta");
  refused({"--opt", "rmsprop", "--opt-betas", "0.9", "0.9"}, "no use");
  refused({"--nesterov", "--momentum", "0"}, "--nesterov: needs");
  refused({"--nesterov", "--momentum-style", "ema"}, "--nesterov: needs");
  refused({"--opt", "lamb"}, "nothing decays (--weight-decay 0)");
  refused({"--opt", "lamb", "--weight-decay", "0.01", "--decay-all"}, "leave out --decay-all");
  refused({"--opt", "lamb", "--weight-decay", "0.01", "--weight-decay-style", "coupled"}, "lamb");
  refused({"--l1-proximal"}, "give --l1 too");
  refused({"--max-norm-style", "layer"}, "give --max-norm too");
  refused({"--clip-mode", "agc"}, "give --clip-grad too");
  refused({"--opt", "adam", "--opt-eps", "1e-60"}, "is 0 as a float");
  refused({"--accumulate", "0"}, "neither a number of batches");
  refused({"--swa-start", "9"}, "the run has 3 epochs");
  refused({"-b", "33"}, "--accumulate");
}

TEST_CASE("the proximal L1 penalty leaves exact zeros in the saved weights, the other none") {
  const auto zeros = [](const std::vector<float>& image) {
    std::ptrdiff_t n = 0;  // of 10 rows of 40
    for (std::size_t r = 0; r < 10; ++r)
      n += std::count(image.begin() + static_cast<std::ptrdiff_t>(48 * r),
                      image.begin() + static_cast<std::ptrdiff_t>(48 * r + 40), 0.0F);
    return n;
  };
  CHECK(zeros(trained({"--l1", "0.2", "--l1-proximal"})) > 50);
  CHECK(zeros(trained({"--l1", "0.2"})) == 0);
}

TEST_CASE("magnitudes: quantiles, zeros, and what the largest values leave; order has no say") {
  const tenon::network_info& info = *classifier().info;
  std::vector<float> image(info.image_floats);
  const auto fill = [&](std::size_t step) {  // 0…399, a fifth of them zeros
    for (std::size_t i = 0; i < 400; ++i) {
      const std::size_t k = i * step % 400;
      const float size = k < 80 ? 0.0F : static_cast<float>(k);
      image[i / 40 * 48 + i % 40] = i % 2 == 0 ? size : -size;
    }
    return rt::magnitudes(info, image);
  };
  const auto one = fill(1), other = fill(7);
  REQUIRE(one.size() == 1);
  CHECK(one[0].name == "linear_1.weight");
  CHECK(one[0].count == 400);
  CHECK(one[0].zeros == 80);
  CHECK(one[0].quantiles == std::array{0.0F, 199.0F, 359.0F, 399.0F});
  CHECK(one[0].kept == std::array{0.5, 0.2, 0.1});
  CHECK(other[0].zeros == one[0].zeros);
  CHECK(other[0].quantiles == one[0].quantiles);
  CHECK(other[0].kept == one[0].kept);
  // Equal values stay together: nine tenths are the largest here.
  for (std::size_t r = 0; r < 10; ++r) std::fill_n(image.data() + 48 * r, 36, 500.0F);
  CHECK(rt::magnitudes(info, image)[0].kept == std::array{0.9, 0.9, 0.9});
}

TEST_CASE("info --magnitude reads weights from a file, as a table and as JSON") {
  REQUIRE(train(begin("run", {"--l1", "0.2", "--l1-proximal"})).code == 0);
  const arguments asked{"info", "--magnitude", "--weights", "run/last.safetensors"};
  const outcome table = run(classifier(), asked);
  CHECK_MESSAGE(table.code == 0, table.err);
  CHECK(table.out.find("linear_1.weight") != std::string::npos);
  const auto lines = run(classifier(), joined(asked, {"--json"})).lines();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0]["zeros"].get<int>() > 50);
  check_refused(run(classifier(), {"info", "--magnitude"}), "give a safetensors file");
  check_refused(run(classifier(), {"info", "--weights", "run/last.safetensors"}), "--magnitude");
}

TEST_CASE("averages: the exponential and the mean are the explicit ones") {
  const std::vector<std::vector<float>> w{{1, -2}, {3, 5}, {-4, 0.5F}, {0.25F, 8}};
  rt::weight_average ema({.what = rt::averaging::kind::exponential, .decay = 0.75, .start = 1});
  rt::weight_average mean({.what = rt::averaging::kind::epochs, .decay = 0, .start = 2});
  ema.begin(w[0]);
  mean.begin(w[0]);
  for (std::size_t i = 0; i < w.size(); ++i) {
    if (i > 0) ema.after_step(w[i]);
    mean.after_epoch(static_cast<int>(i) + 1, w[i]);
  }
  CHECK(mean.count() == 3);
  for (std::size_t k = 0; k < 2; ++k) {
    const auto at = [&](std::size_t i) { return static_cast<double>(w[i][k]); };
    const double e = 0.421875 * at(0) + 0.25 * (0.5625 * at(1) + 0.75 * at(2) + at(3));
    CHECK(static_cast<double>(ema.values()[k]) == doctest::Approx(e).epsilon(1e-6));
    CHECK(static_cast<double>(mean.values()[k]) ==
          doctest::Approx((at(1) + at(2) + at(3)) / 3).epsilon(1e-6));
  }
}

TEST_CASE(
    "--model-ema: the average is saved and validated, the weights themselves learn the same") {
  const arguments flags{"--val-fraction", "0.2"};
  REQUIRE(train(begin("plain", flags)).code == 0);
  const auto averaged = trained(joined(flags, {"--model-ema", "--model-ema-decay", "0.9"}));
  const auto plain = rt::load_state("plain/state", *classifier().info),
             state = rt::load_state("run/state", *classifier().info);
  CHECK(state.image == plain.image);
  CHECK(state.average == averaged);
  CHECK(distance(averaged, state.image) > 1e-3);
  // No decay: the average is the weights.
  const auto equal = trained(joined(flags, {"--model-ema", "--model-ema-decay", "0"}));
  CHECK(distance(equal, plain.image) == 0);
  CHECK(file("run/best.safetensors") == file("plain/best.safetensors"));
}

TEST_CASE("--swa-start: the mean of the epochs' weights is saved and tested") {
  std::vector<std::vector<float>> epochs;
  for (const char* n : {"2", "3"}) epochs.push_back(trained({"--epochs", n}));
  const outcome o = train(begin("swa", {"--swa-start", "2"}));
  REQUIRE_MESSAGE(o.code == 0, o.err);
  CHECK(o.lines().back()["weights"] == "swa/swa.safetensors");
  std::vector<float> mean(classifier().info->image_floats);
  rt::load_weights("swa/swa.safetensors", *classifier().info, mean);
  std::vector<float> wanted = epochs[0];
  for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] = (epochs[0][i] + epochs[1][i]) / 2;
  CHECK(distance(mean, wanted) < 1e-6);
  const outcome evaluated = run(
      classifier(), {"eval", "--weights", "swa/swa.safetensors", "--data", small_data(), "--json"});
  REQUIRE(evaluated.code == 0);
  CHECK(evaluated.lines().back()["loss"] == o.lines().back()["test_loss"]);
}

TEST_CASE("averages, frozen parameters and every optimizer go on to the same bits") {
  for (const arguments& flags :
       {arguments{"--opt", "nadam", "--model-ema", "--model-ema-decay", "0.9", "--val-fraction",
                  "0.2"},
        arguments{"--opt", "rmsproptf", "--swa-start", "2", "--freeze", "*.bias"},
        arguments{"--opt", "adadelta", "--l1", "0.001", "--l1-proximal", "--clip-grad", "1"},
        arguments{"--opt", "lamb", "--weight-decay", "0.01", "--param", "*.bias:lr=0.01"}}) {
    CAPTURE(flags[1]);
    REQUIRE(train(begin("whole", flags)).code == 0);
    for (const int step : {4, 9}) {
      CHECK(stopped_at(step, begin("parts", flags)).code == 130);
      REQUIRE(train({"--resume", "parts"}).code == 0);
      for (const char* name : {"last.safetensors", "best.safetensors"})
        CHECK(file(std::filesystem::path("whole") / name) ==
              file(std::filesystem::path("parts") / name));
      if (flags[1] == "rmsproptf")
        CHECK(file("whole/swa.safetensors") == file("parts/swa.safetensors"));
      const auto one = rt::load_state("whole/state", *classifier().info),
                 two = rt::load_state("parts/state", *classifier().info);
      CHECK(one.optimizer == two.optimizer);
      CHECK(one.average == two.average);
    }
  }
  check_refused(train({"--resume", "whole", "--weight-decay", "0.5"}), "leads to other numbers");
}

}  // namespace
