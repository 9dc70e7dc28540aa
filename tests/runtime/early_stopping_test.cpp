// When a run ends early, and with which weights.
#include <doctest/doctest.h>

#include <csignal>

#include "runtime/train/feedback.hpp"
#include "runtime/train/state.hpp"
#include "tests/runtime/linear_network.hpp"
#include "tests/runtime/small_data.hpp"
#include "tests/runtime/training.hpp"

namespace {

using namespace tenon::test;
using namespace tenon::runtime;
namespace fs = std::filesystem;

// The epoch, from 1, after which a run with these validation losses stops; 0: it does not.
int stops_after(const stopping_rule& rule, std::initializer_list<double> losses) {
  stopping_state state;
  int epoch = 0;
  for (const double loss : losses) {
    ++epoch;
    observe(rule, -loss, state);
    if (state.stopped) return epoch;
  }
  return 0;
}

TEST_CASE("early stopping: the epoch of the exit, for losses of a script") {
  const auto losses = {1.0, 0.8, 0.9, 0.7, 0.75, 0.72, 0.71, 0.6, 0.61};
  CHECK(stops_after({.patience = 0}, losses) == 3);  // the first worsening
  CHECK(stops_after({.patience = 1}, losses) == 6);
  CHECK(stops_after({.patience = 2}, losses) == 7);
  CHECK(stops_after({.patience = 3}, losses) == 0);
  CHECK(stops_after({.patience = 0}, {1.0, 1.0}) == 2);  // equal is no improvement
  CHECK(stops_after({.patience = 0, .min_delta = 0.1}, {1.0, 0.85, 0.76}) == 3);
  CHECK(stops_after({.patience = 0, .min_delta = 0.08}, {1.0, 0.85, 0.76}) == 0);
  CHECK(stops_after({.patience = 1, .min_delta = 0.1}, {1.0, 0.95, 0.89}) ==
        0);  // small steps add up
  CHECK(stops_after({.patience = 1}, {1.0, std::nan(""), std::nan("")}) == 3);
}

// A run that over-fits at once: a learning rate that makes the validation loss go up and down.
std::vector<std::string> flags(const std::string& output, std::vector<std::string> more = {}) {
  std::vector<std::string> all{
      "--data",      small_data(), "--epochs",       "40",  "-b",        "16",
      "--lr",        "0.3",        "--val-fraction", "0.3", "--monitor", "val_loss",
      "--overwrite", "--json",     "--output",       output};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

struct epochs_seen {
  int all = 0, best = 0, last_waited = 0;
};

epochs_seen seen(const outcome& o) {
  epochs_seen e;
  double least = 1e300;
  for (const auto& line : o.lines()) {
    if (line.contains("final")) continue;
    ++e.all, ++e.last_waited;
    if (line["val_loss"].get<double>() < least)
      least = line["val_loss"].get<double>(), e.best = e.all, e.last_waited = 0;
  }
  return e;
}

TEST_CASE("early stopping: the run ends when its patience is over, with the best epoch's weights") {
  const outcome o = train(flags("stopped", {"--early-stopping", "3"}));
  REQUIRE_MESSAGE(o.code == 0, o.err);
  const epochs_seen e = seen(o);
  CHECK(e.all < 40);
  CHECK(e.last_waited == 4);
  CHECK(o.lines().back()["stopped_early"] == true);
  CHECK(o.lines().back()["epochs"] == e.all);
  CHECK(file("stopped/last.safetensors") == file("stopped/best.safetensors"));
  // The same run, ended after its best epoch.
  auto short_run = flags("short");
  short_run[3] = std::to_string(e.best);
  REQUIRE(train(short_run).code == 0);
  CHECK(file("stopped/last.safetensors") == file("short/last.safetensors"));
  const outcome kept = train(flags("kept", {"--early-stopping", "3", "--no-restore-best"}));
  CHECK(seen(kept).all == e.all);
  CHECK(file("kept/last.safetensors") != file("kept/best.safetensors"));
  CHECK(file("kept/best.safetensors") == file("stopped/best.safetensors"));
}

TEST_CASE("early stopping: without a number its patience is 10; a run that never stops says so") {
  const outcome o = train(flags("ten", {"--early-stopping"}));
  REQUIRE_MESSAGE(o.code == 0, o.err);
  CHECK(file("ten/arguments.json").find("\"early_stopping\": 10") != std::string::npos);
  CHECK(seen(o).last_waited <= 11);
  auto few = flags("few", {"--early-stopping"});
  few[3] = "2";
  CHECK(train(few).lines().back()["stopped_early"] == false);
}

TEST_CASE("early stopping: counters survive --resume, and a stopped run stays stopped") {
  const std::vector<std::string> more{"--early-stopping", "3",   "--sched",           "plateau",
                                      "--decay-rate",     "0.5", "--patience-epochs", "0"};
  const outcome whole = train(flags("whole", more));
  REQUIRE_MESSAGE(whole.code == 0, whole.err);
  const int steps = seen(whole).all * 5;  // 70 samples to train on, 16 at a time
  CHECK(file("whole/metrics.csv").find(",0.15,") != std::string::npos);  // it was lowered
  for (const int at : {steps / 2, steps - 7, steps - 1}) {
    CAPTURE(at);
    REQUIRE(stopped_at(at, flags("parts", more)).code == 130);
    const outcome resumed = train({"--resume", "parts", "--json"});
    REQUIRE_MESSAGE(resumed.code == 0, resumed.err);
    CHECK(file("whole/last.safetensors") == file("parts/last.safetensors"));
    auto a = whole.lines().back(), b = resumed.lines().back();
    a.erase("weights"), b.erase("weights");
    CHECK(a == b);
    const auto& info = *classifier().info;
    const auto one = load_state("whole/state", info), two = load_state("parts/state", info);
    CHECK(one.image == two.image);
    CHECK(one.record.at.learned.plateau.reductions > 0);
    CHECK(one.record.at.learned.plateau.reductions == two.record.at.learned.plateau.reductions);
    CHECK(one.record.at.learned.plateau.best == two.record.at.learned.plateau.best);
    CHECK(one.record.at.learned.stopping.waited == two.record.at.learned.stopping.waited);
  }
  const std::string before = file("whole/last.safetensors");
  const outcome again = train({"--resume", "whole", "--epochs", "60"});
  CHECK(again.code == 0);
  CHECK(again.out.find("stopped early after epoch") != std::string::npos);
  CHECK(file("whole/last.safetensors") == before);
}

TEST_CASE("early stopping: never on the test part; what does not fit is refused") {
  const std::string data = small_data();
  const auto refused = [&](std::vector<std::string> more, const std::string& part) {
    more.insert(more.begin(), {"--data", data, "--output", "refused"});
    check_refused(train(more), part);
    CHECK_FALSE(fs::exists("refused"));
  };
  refused({"--early-stopping"},
          "--early-stopping: needs samples to validate on, and none are set aside; give "
          "--val-fraction");
  refused({"--early-stopping", "-1"}, "--early-stopping");
  refused({"--min-delta", "0.1"}, "--early-stopping");
  refused({"--monitor", "accuracy"}, "--monitor");
  write_npy("values.npy", std::vector<std::size_t>{20, 3}, std::vector<float>(60));
  write_npy("targets.npy", std::vector<std::size_t>{20, 2}, std::vector<float>(40));
  check_refused(run(regressor(), {"train", "--data", "npy:values.npy,targets.npy", "--monitor",
                                  "val_top1", "--output", "refused"}),
                "predicts values, not classes");
}

}  // namespace
