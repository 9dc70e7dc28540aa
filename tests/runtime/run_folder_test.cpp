// What a training refuses, and that it overwrites and loses nothing.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "runtime/app/folder_lock.hpp"
#include "runtime/io/npy.hpp"
#include "runtime/train/state.hpp"
#include "tests/runtime/linear_network.hpp"
#include "tests/runtime/small_data.hpp"
#include "tests/runtime/training.hpp"

namespace {

using namespace tenon::test;
namespace rt = tenon::runtime;
namespace fs = std::filesystem;

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
