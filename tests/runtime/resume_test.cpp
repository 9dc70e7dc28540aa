// Training that stops and goes on: the same bits as without a stop.
#include <doctest/doctest.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "runtime/train/state.hpp"
#include "tests/runtime/linear_network.hpp"
#include "tests/runtime/small_data.hpp"
#include "tests/runtime/training.hpp"

namespace {

using namespace tenon::test;
namespace rt = tenon::runtime;
namespace fs = std::filesystem;

// metrics.csv without the column of seconds.
std::string metrics(const fs::path& folder) {
  std::istringstream in(file(folder / "metrics.csv"));
  std::string kept, line;
  std::size_t seconds = 0;
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    std::string cell;
    for (std::size_t i = 0; std::getline(cells, cell, ','); ++i) {
      if (cell == "seconds") seconds = i;
      if (seconds == 0 || i != seconds) kept += cell + ",";
    }
    kept += '\n';
  }
  return kept;
}

void check_same_run(const fs::path& a, const fs::path& b) {
  CHECK(file(a / "last.safetensors") == file(b / "last.safetensors"));
  CHECK(file(a / "best.safetensors") == file(b / "best.safetensors"));
  CHECK(metrics(a) == metrics(b));
  const auto one = rt::load_state(a / "state", *classifier().info),
             two = rt::load_state(b / "state", *classifier().info);
  CHECK(one.image == two.image);
  CHECK(one.optimizer == two.optimizer);
  CHECK(one.best == two.best);
  CHECK(one.record.at.step == two.record.at.step);
  CHECK(one.record.best_epoch == two.record.best_epoch);
  CHECK(one.record.best_score == two.record.best_score);
}

struct recipe_case {
  const char* name;
  std::vector<std::string> flags;
};

TEST_CASE("a run that was stopped at any step goes on to the same bits") {
  const std::string data = small_data();
  for (const auto& [name, flags] :
       {recipe_case{"sgd", {"--opt", "sgd", "--nesterov", "--weight-decay", "0.01"}},
        recipe_case{"adam", {"--opt", "adam", "--sched", "cosine", "--val-fraction", "0.2"}},
        recipe_case{"adamw", {"--opt", "adamw", "--sched", "step", "--decay-epochs", "2"}}}) {
    const auto arguments = [&](const std::string& output) {
      std::vector<std::string> a{"--data", data,     "--epochs",    "5",       "-b",
                                 "16",     "--json", "--overwrite", "--output"};
      a.push_back(output);
      a.insert(a.end(), flags.begin(), flags.end());
      return a;
    };
    const std::string whole = std::string(name) + "_whole", parts = std::string(name) + "_parts";
    const outcome uninterrupted = train(arguments(whole));
    REQUIRE_MESSAGE(uninterrupted.code == 0, uninterrupted.err);
    // Steps: the first; the last of an epoch of 7 or of 5; the middle of one; one of the last
    // epoch.
    for (const int step : {1, 5, 7, 10, 18, 24}) {
      CAPTURE(name);
      CAPTURE(step);
      const outcome stopped = stopped_at(step, arguments(parts));
      CHECK(stopped.code == 130);
      CHECK_MESSAGE(says(stopped, "go on with: exe train --resume " + parts), stopped.err);
      CHECK(says(stopped, "step " + std::to_string(step)));
      const outcome resumed = train({"--resume", parts, "--threads", "3", "--json"});
      REQUIRE_MESSAGE(resumed.code == 0, resumed.err);
      auto expected = uninterrupted.lines().back(), found = resumed.lines().back();
      expected.erase("weights");
      found.erase("weights");
      CHECK(found == expected);
      check_same_run(whole, parts);
    }
  }
}

TEST_CASE("a run that is stopped again and again, and one that had ended, go on to the same bits") {
  const std::string data = small_data();
  const std::vector<std::string> flags{"--data", data, "--epochs", "4", "--overwrite", "--output"};
  const auto with = [&](const char* output) {
    auto a = flags;
    a.emplace_back(output);
    return a;
  };
  REQUIRE(train(with("whole")).code == 0);
  CHECK(stopped_at(3, with("again"), SIGTERM).code == 143);
  for (const int step : {4, 5, 6, 9, 15}) {
    const outcome o = stopped_at(step, {"--resume", "again"});
    CHECK_MESSAGE(o.code == 130, o.err);
  }
  CHECK(train({"--resume", "again"}).code == 0);
  check_same_run("whole", "again");
  CHECK(train({"--resume", "again/state"}).code == 0);
  check_same_run("whole", "again");
}

TEST_CASE("more epochs later are the same as more epochs at once, unless the schedule knows") {
  const std::string data = small_data();
  REQUIRE(train({"--data", data, "--epochs", "6", "--overwrite", "--output", "six"}).code == 0);
  REQUIRE(train({"--data", data, "--epochs", "2", "--overwrite", "--output", "more"}).code == 0);
  CHECK(train({"--resume", "more", "--epochs", "6"}).code == 0);
  check_same_run("six", "more");
  check_refused(train({"--resume", "more", "--epochs", "3"}), "past --epochs 3");
  REQUIRE(train({"--data", data, "--epochs", "2", "--sched", "cosine", "--overwrite", "--output",
                 "cosine"})
              .code == 0);
  check_refused(train({"--resume", "cosine", "--epochs", "6"}), "--epochs 2, asked is --epochs 6");
  CHECK(train({"--resume", "cosine", "--epochs", "2"}).code == 0);
}

TEST_CASE("--resume into another folder leaves the first as it is; `last` finds the newest run") {
  const std::string data = small_data();
  fs::remove_all("runs");
  REQUIRE(train({"--data", data, "--epochs", "2"}).code == 0);
  REQUIRE(train({"--data", data, "--epochs", "2", "--seed", "5"}).code == 0);
  CHECK(fs::exists("runs/byhand-2/state"));
  const std::string before = file("runs/byhand-2/state");
  REQUIRE(train({"--resume", "last", "--epochs", "3", "--output", "runs/byhand-10"}).code == 0);
  CHECK(file("runs/byhand-2/state") == before);
  const outcome o = train({"--resume", "last", "--epochs", "4", "--json"});
  REQUIRE(o.code == 0);
  CHECK(o.lines().back()["weights"] == "runs/byhand-10/best.safetensors");
  fs::copy_file("runs/byhand-1/state", "copy", fs::copy_options::overwrite_existing);
  check_refused(train({"--resume", "copy"}), "--output");
  CHECK(train({"--resume", "copy", "--output", "from_copy", "--overwrite"}).code == 0);
  check_same_run("runs/byhand-1", "from_copy");
}

TEST_CASE("what is missing from the folder is made again from its state; leavings of a kill go") {
  const std::string data = small_data();
  const std::vector<std::string> flags{"--data",         data,  "--epochs",    "3",
                                       "--val-fraction", "0.2", "--overwrite", "--output"};
  const auto with = [&](const char* output) {
    auto a = flags;
    a.emplace_back(output);
    return a;
  };
  REQUIRE(train(with("whole")).code == 0);
  REQUIRE(train(with("bare")).code == 0);
  for (const char* name :
       {"metrics.csv", "last.safetensors", "best.safetensors", "curves.svg", "arguments.json"}) {
    fs::remove(fs::path("bare") / name);
    std::ofstream(fs::path("bare") / (std::string(name) + ".tmp")) << "half";
  }
  std::ofstream("bare/state.tmp") << "half";
  CHECK(train({"--resume", "bare"}).code == 0);
  check_same_run("whole", "bare");
  CHECK(file("whole/arguments.json") == file("bare/arguments.json"));
  for (const auto& entry : fs::directory_iterator("bare"))
    CHECK_MESSAGE(entry.path().extension() != ".tmp", entry.path().string());
}

TEST_CASE("--checkpoint-every keeps the middle of an epoch and changes nothing") {
  const std::string data = small_data();
  REQUIRE(train({"--data", data, "--epochs", "3", "--overwrite", "--output", "plain"}).code == 0);
  REQUIRE(train({"--data", data, "--epochs", "3", "--checkpoint-every", "3", "--overwrite",
                 "--output", "often"})
              .code == 0);
  CHECK(file("plain/last.safetensors") == file("often/last.safetensors"));
}

}  // namespace
