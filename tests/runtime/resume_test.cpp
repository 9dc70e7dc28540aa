// Training that stops and goes on: the same bits as without a stop, and nothing overwritten.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <fstream>
#include <sstream>

#include "runtime/app/folder_lock.hpp"
#include "runtime/io/file.hpp"
#include "runtime/io/npy.hpp"
#include "runtime/train/state.hpp"
#include "tests/runtime/linear_network.hpp"
#include "tests/runtime/run_command.hpp"
#include "tests/runtime/small_data.hpp"

namespace {

using namespace tenon::test;
namespace rt = tenon::runtime;
namespace fs = std::filesystem;

// The classifier, but a signal arrives within a step of its training.
int signal_at_step = -1, signal_to_raise = SIGINT;

class interrupted_trainer final : public tenon::trainer_core {
 public:
  explicit interrupted_trainer(std::unique_ptr<trainer_core> of) : of_(std::move(of)) {}
  std::span<float> image() noexcept override { return of_->image(); }
  std::span<float> optimizer_state() noexcept override { return of_->optimizer_state(); }
  float gradients(const float* x, const void* target, std::size_t n,
                  const tenon::settings& s) noexcept override {
    if (static_cast<int>(s.step) + 1 == signal_at_step) std::raise(signal_to_raise);
    return of_->gradients(x, target, n, s);
  }
  void update(const tenon::settings& s) noexcept override { of_->update(s); }
  void outputs(std::size_t n, float* y) noexcept override { of_->outputs(n, y); }
  void forward(const float* x, std::size_t n, float* y,
               const tenon::settings& s) noexcept override {
    of_->forward(x, n, y, s);
  }
  void statistics(const float* x, std::size_t n, const tenon::settings& s) noexcept override {
    of_->statistics(x, n, s);
  }
  void gradient(std::span<float> image) noexcept override { of_->gradient(image); }
  void run_kernel(std::size_t i, std::size_t b) noexcept override { of_->run_kernel(i, b); }
  std::string_view target() const noexcept override { return of_->target(); }

 private:
  std::unique_ptr<trainer_core> of_;
};

const tenon::network_entry& interruptible() {
  static const tenon::network_entry entry = [] {
    tenon::network_entry e = classifier();
    e.make_trainer = [](tenon::pool* threads) -> std::unique_ptr<tenon::trainer_core> {
      return std::make_unique<interrupted_trainer>(classifier().make_trainer(threads));
    };
    return e;
  }();
  return entry;
}

outcome train(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "train");
  return run(interruptible(), arguments);
}

// Trains, but the signal stops it within step `at`.
outcome stopped_at(int at, std::vector<std::string> arguments, int signal = SIGINT) {
  signal_at_step = at;
  signal_to_raise = signal;
  const outcome o = train(std::move(arguments));
  signal_at_step = -1;
  return o;
}

std::string file(const fs::path& path) {
  const rt::bytes content = rt::read_file(path);
  return {reinterpret_cast<const char*>(content.data()), content.size()};
}

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

bool says(const outcome& o, const std::string& part) {
  return o.err.find(part) != std::string::npos;
}

// A refusal: exit code 2, one line.
void check_refused(const outcome& o, const std::string& part) {
  CHECK(o.code == 2);
  CHECK_MESSAGE(o.err.starts_with("tenon: error: "), o.err);
  CHECK(std::count(o.err.begin(), o.err.end(), '\n') == 1);
  CHECK_MESSAGE(says(o, part), o.err);
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

TEST_CASE("--resume refuses what leads to other numbers, with both values") {
  const std::string data = small_data();
  REQUIRE(train({"--data", data, "--epochs", "2", "--lr", "0.02", "--overwrite", "--output", "run"})
              .code == 0);
  const std::string before = file("run/state");
  const outcome o = train({"--resume", "run", "--lr", "0.03", "--nesterov", "-b", "8"});
  check_refused(o, "--lr 0.02");
  CHECK(says(o, "--lr 0.03"));
  CHECK(says(o, "--batch-size 32"));
  CHECK(says(o, "--batch-size 8"));
  CHECK(says(o, "no --nesterov"));
  CHECK_FALSE(says(o, "momentum"));
  check_refused(train({"--resume", "run", "--seed", "7"}), "--seed 42, asked is --seed 7");
  check_refused(train({"--resume", "run", "--data", small_data(2, "other")}),
                "not those of the run");
  check_refused(train({"--resume", "run", "--overwrite"}), "--overwrite");
  check_refused(train({"--resume", "nowhere"}), "nowhere");
  const outcome another = run(regressor(), {"train", "--resume", "run"});
  CHECK(another.code == 2);
  CHECK(says(another, "is of network byhand"));
  CHECK(file("run/state") == before);
  CHECK(train({"--resume", "run", "--lr", "0.02", "--data", small_data(), "--threads", "2"}).code ==
        0);
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

TEST_CASE("a folder that a run holds, or that is in use, is left alone") {
  const std::string data = small_data();
  REQUIRE(train({"--data", data, "--epochs", "1", "--overwrite", "--output", "held"}).code == 0);
  const std::string before = file("held/state");
  check_refused(train({"--data", data, "--output", "held"}), "--overwrite");
  check_refused(train({"--data", data, "--output", "held"}), "--resume held");
  {
    const rt::folder_lock lock("held");
    check_refused(train({"--data", data, "--output", "held", "--overwrite"}),
                  "is in use by process");
    check_refused(train({"--resume", "held"}), "is in use by process");
  }
  CHECK(file("held/state") == before);
  CHECK_FALSE(fs::exists("held/.lock"));
  std::ofstream("a_file") << "text";
  check_refused(train({"--data", data, "--output", "a_file"}), "--output a_file");
  check_refused(train({"--data", data, "--output", "a_file/below"}), "cannot be made");
}

TEST_CASE("a damaged state is refused, and named") {
  const std::string data = small_data();
  REQUIRE(train({"--data", data, "--epochs", "1", "--overwrite", "--output", "broken"}).code == 0);
  fs::resize_file("broken/state", fs::file_size("broken/state") - 1);
  check_refused(train({"--resume", "broken"}), "broken/state: the checkpoint is damaged");
}

TEST_CASE("a run that diverges keeps the checkpoint before") {
  const std::string data = small_data();
  const outcome o = train({"--data", data, "--epochs", "4", "--sched", "step", "--decay-rate",
                           "1e30", "--decay-epochs", "2", "--overwrite", "--output", "wild"});
  CHECK(o.code == 1);
  CHECK_MESSAGE(says(o, "training diverged at step 10 (epoch 3, batch 2 of 4)"), o.err);
  CHECK_MESSAGE(says(o, "the loss overflows"), o.err);  // of the only layer, no value does
  CHECK_MESSAGE(says(o, "wild keeps the state of epoch 2, step 8"), o.err);
  const auto kept = rt::load_state("wild/state", *classifier().info);
  CHECK(kept.record.at.epoch == 3);
  CHECK(kept.record.at.step == 8);
  CHECK(kept.record.epochs.size() == 2);
}

TEST_CASE("a sample that is no number is named, and is bad input") {
  const fs::path folder = fresh("nan_data");
  std::vector<float> x(60), y(40, 1.0F);
  x[3 * 7 + 2] = std::nanf("");
  rt::write_npy(folder / "x.npy", std::vector<std::size_t>{20, 3}, x);
  rt::write_npy(folder / "y.npy", std::vector<std::size_t>{20, 2}, y);
  const std::string source = "npy:" + (folder / "x.npy").string() + "," +
                             (folder / "y.npy").string() + "," + (folder / "x.npy").string() + "," +
                             (folder / "y.npy").string();
  const outcome o =
      run(regressor(), {"train", "--data", source, "--output", (folder / "run").string()});
  CHECK(o.code == 2);
  CHECK_MESSAGE(says(o, "training sample 7 (from 0): its input holds nan at position 2"), o.err);
}

TEST_CASE("--init begins with weights; --init-skip leaves a new head as initialised") {
  const std::string data = small_data();
  REQUIRE(train({"--data", data, "--epochs", "1", "--overwrite", "--output", "first"}).code == 0);
  const auto begun = [&](std::vector<std::string> more) {
    std::vector<std::string> a{"--data", data,          "--epochs", "1",     "--lr",
                               "0",      "--overwrite", "--output", "second"};
    a.insert(a.end(), more.begin(), more.end());
    const outcome o = train(a);
    REQUIRE_MESSAGE(o.code == 0, o.err);
    return rt::load_state("second/state", *classifier().info)
        .image;  // as begun with: no step moves
  };
  const auto first = rt::load_state("first/state", *classifier().info).image;
  const auto plain = begun({});
  CHECK(begun({"--init", "first/last.safetensors"}) == first);
  const auto mixed = begun({"--init", "first/last.safetensors", "--init-skip", "*.weight"});
  CHECK(std::equal(plain.begin(), plain.begin() + 480, mixed.begin()));
  CHECK(std::equal(first.begin() + 480, first.end(), mixed.begin() + 480));
  const auto refused = [&](std::vector<std::string> more, const std::string& part) {
    std::vector<std::string> a{"--data", data, "--overwrite", "--output", "third"};
    a.insert(a.end(), more.begin(), more.end());
    check_refused(train(a), part);
  };
  refused({"--init", "first/last.safetensors", "--init-skip", "conv_1.*"}, "matches no parameter");
  refused({"--init-skip", "linear_1.*"}, "--init");
  refused({"--init", "nowhere.safetensors"}, "no such file");
  // Another head: 3 classes instead of 10.
  const std::vector<float> weight(120), bias(3);
  rt::save_safetensors("head.safetensors",
                       std::vector<rt::tensor_view>{{"linear_1.weight", {3, 40}, weight},
                                                    {"linear_1.bias", {3}, bias}},
                       {});
  refused({"--init", "head.safetensors"},
          "'linear_1.weight' has shape [3, 40], network byhand wants "
          "[10, 40]; --init-skip 'linear_1.*'");
  CHECK(begun({"--init", "head.safetensors", "--init-skip", "linear_1.*"}) == plain);
}

}  // namespace
