// The commands from end to end, on a network written by hand.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>

#include "runtime/io/file.hpp"
#include "runtime/io/npy.hpp"
#include "runtime/io/npz.hpp"
#include "runtime/io/safetensors.hpp"
#include "tests/runtime/linear_network.hpp"
#include "tests/runtime/run_command.hpp"

namespace {

using namespace tenon::test;
namespace rt = tenon::runtime;

outcome train(const std::string& folder, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"train", "--data",      "mnist1d", "--epochs", "12",
                                     "--opt", "adam",        "--lr",    "0.01",     "--output",
                                     folder,  "--overwrite", "--json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(classifier(), arguments);
}

TEST_CASE(
    "train: logistic regression on MNIST-1D comes within three points of the published 32 %") {
  const outcome o = train("logistic");
  REQUIRE_MESSAGE(o.code == 0, o.err);
  const auto lines = o.lines();
  REQUIRE(lines.size() == 13);
  CHECK(lines[0]["epoch"] == 1);
  CHECK(lines[0]["val_loss"].is_null());
  CHECK(lines[11]["train_loss"].get<double>() < lines[0]["train_loss"].get<double>());
  CHECK(std::abs(lines[12]["test_top1"].get<double>() - 0.32) <
        0.03);  // how far the authors' own two runs differ
  CHECK(lines[12]["hash"].get<std::string>().size() == 32);
  for (const char* file :
       {"arguments.json", "metrics.csv", "curves.svg", "last.safetensors", "best.safetensors"}) {
    CHECK_MESSAGE(std::filesystem::exists(std::filesystem::path("logistic") / file), file);
  }
  std::ifstream csv("logistic/metrics.csv");
  std::string header;
  std::getline(csv, header);
  CHECK(header == "epoch,learning_rate,loss,seconds,top1");
}

TEST_CASE("train: the same seed gives the same bits, another seed others; threads change nothing") {
  const auto hash = [](std::vector<std::string> more) {
    more.insert(more.end(), {"--epochs", "2"});
    const outcome o = run(classifier(), [&] {
      std::vector<std::string> a{"train", "--data",      "mnist1d", "--output",
                                 "seeds", "--overwrite", "--json"};
      a.insert(a.end(), more.begin(), more.end());
      return a;
    }());
    REQUIRE_MESSAGE(o.code == 0, o.err);
    return o.lines().back()["hash"].get<std::string>();
  };
  const std::string one = hash({"--seed", "1", "--threads", "1"});
  CHECK(hash({"--seed", "1", "--threads", "3"}) == one);
  CHECK(hash({"--seed", "2"}) != one);
}

TEST_CASE("eval and train agree about the test part; validation picks the best epoch") {
  const outcome trained = train("best", {"--val-fraction", "0.1", "--standardize", "pixel"});
  REQUIRE_MESSAGE(trained.code == 0, trained.err);
  const auto last = trained.lines().back();
  double best = 0;
  for (const auto& line : trained.lines()) {
    if (line.contains("epoch")) best = std::max(best, line["val_top1"].get<double>());
  }
  CHECK(best > 0.2);
  const outcome evaluated =
      run(classifier(), {"eval", "--weights", last["weights"], "--data", "mnist1d", "--json"});
  REQUIRE_MESSAGE(evaluated.code == 0, evaluated.err);
  const auto line = evaluated.lines().at(0);
  CHECK(line["samples"] == 1000);
  CHECK(line["loss"] == last["test_loss"]);
  CHECK(line["top1"] == last["test_top1"]);
  CHECK(line["top5"].get<double>() > line["top1"].get<double>());
}

TEST_CASE("predict: probabilities and logits, with the standardisation of training") {
  REQUIRE(train("predict", {"--standardize", "channel"}).code == 0);
  const auto data = fresh("predict_data");
  std::vector<float> x(3 * 40);
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = static_cast<float>(std::sin(0.3 * static_cast<double>(i)));
  rt::write_npy(data / "x.npy", std::vector<std::size_t>{3, 40}, x);
  const std::string in = (data / "x.npy").string(), out = (data / "y.npy").string();
  REQUIRE(run(classifier(),
              {"predict", "--weights", "predict/best.safetensors", "--input", in, "--output", out})
              .code == 0);
  const auto p = rt::read_npy(out);
  CHECK(p.shape == std::vector<std::size_t>{3, 10});
  REQUIRE(run(classifier(), {"predict", "--weights", "predict/best.safetensors", "--input", in,
                             "--output", out, "--logits"})
              .code == 0);
  const auto logits = rt::read_npy(out).floats(), probabilities = p.floats();
  for (std::size_t i = 0; i < 3; ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < 10; ++k) sum += probabilities[10 * i + k];
    CHECK(sum == doctest::Approx(1));
    CHECK(std::log(probabilities[10 * i + 1] / probabilities[10 * i]) ==
          doctest::Approx(logits[10 * i + 1] - logits[10 * i]).epsilon(1e-3));
  }
  const outcome printed = run(classifier(), {"predict", "--weights", "predict/best.safetensors",
                                             "--input", in, "--top", "3"});
  CHECK(printed.out.starts_with("0: "));
  CHECK(std::count(printed.out.begin(), printed.out.end(), ',') == 6);
}

TEST_CASE("info: exactly the fields that scripts rely on, in order") {
  const outcome o = run(classifier(), {"info", "--json"});
  REQUIRE(o.code == 0);
  CHECK(
      o.out ==
      R"({"name":"byhand","input_shape":[1,40],"output_shape":[10],"parameter_count":410,"macs":400,"flops_eval":800,)"
      R"("flops_train":1600,"batch":32,"arena_bytes":{"eval":4096,"train":8192},"parameters":[)"
      R"({"name":"linear_1.weight","layer":"linear_1","kind":"weight","shape":[10,40]},)"
      R"({"name":"linear_1.bias","layer":"linear_1","kind":"bias","shape":[10]}],"buffers":[]})"
      "\n");
}

TEST_CASE("gradcheck: passes for right gradients, fails for slightly wrong ones") {
  const outcome right = run(classifier(), {"gradcheck", "--json"});
  CHECK_MESSAGE(right.code == 0, right.out);
  REQUIRE(right.lines().size() == 3);
  CHECK(right.lines()[0]["layer"] == "linear_1");
  CHECK(right.lines()[2]["layer"] == "input");
  CHECK(right.lines()[0]["max_relative_error"].get<double>() < 1e-7);

  const outcome wrong = run(classifier(mistake::in_emitted_gradient), {"gradcheck", "--json"});
  CHECK(wrong.code == 1);
  CHECK(wrong.lines()[0]["ok"] == true);
  CHECK(wrong.lines()[1]["ok"] == false);

  const outcome twin =
      run(classifier(mistake::in_twin_gradient), {"gradcheck", "--json", "--elements", "400"});
  CHECK(twin.code == 1);
  CHECK(twin.lines()[0]["ok"] == false);
  CHECK(run(regressor(), {"gradcheck"}).code == 0);
}

TEST_CASE("bench: a line per mode with the kernels") {
  const outcome o = run(classifier(), {"bench", "--json", "--seconds", "0.02", "--threads", "2"});
  REQUIRE_MESSAGE(o.code == 0, o.err);
  const auto lines = o.lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["mode"] == "eval");
  CHECK(lines[1]["mode"] == "train");
  for (const auto& line : lines) {
    CHECK(line["peak_gflops"].get<double>() > 0.1);
    CHECK(line["median_us"].get<double>() >= line["min_us"].get<double>());
    CHECK(line["kernels"].at(0)["flops"] == 800 * 16);  // a call is a block of 16 samples
    double bound = 0;
    for (const auto& k : line["kernels"])
      bound +=
          k["calls"].get<double>() * k["roofline"].get<double>() * k["median_us"].get<double>();
    CHECK(line["roofline"].get<double>() ==
          doctest::Approx(bound / 2 / line["median_us"].get<double>()));
  }
  const outcome alone = run(classifier(), {"bench", "--json", "--seconds", "0.02", "--no-kernels"});
  CHECK(alone.lines().at(0)["roofline"].get<double>() > 0);
}

TEST_CASE("doctor: all is well") {
  const outcome o = run(classifier(), {"doctor", "--threads", "2"});
  CHECK_MESSAGE(o.code == 0, o.out);
  CHECK(o.out.find("BYHAND") != std::string::npos);
}

TEST_CASE("doctor: names the target whose gradients are not the twin's") {
  const outcome o = run(classifier(mistake::in_emitted_gradient), {"doctor", "--threads", "2"});
  CHECK(o.code == 1);
  CHECK_MESSAGE(
      o.out.find("BYHAND: gradients agree with the scalar twin: FAILED") != std::string::npos,
      o.out);
  CHECK(o.out.find("BYHAND: serves as the other targets: ok") != std::string::npos);
}

TEST_CASE("export: blob and npz") {
  REQUIRE(train("export").code == 0);
  REQUIRE(run(classifier(), {"export", "--weights", "export/best.safetensors", "--format", "blob",
                             "--output", "export/net.blob"})
              .code == 0);
  const rt::bytes blob = rt::read_file("export/net.blob");
  CHECK(blob.size() == 64 + 4 * 496);
  CHECK(std::memcmp(blob.data(), "TENONBLB", 8) == 0);
  REQUIRE(run(classifier(), {"export", "--weights", "export/best.safetensors", "--format", "npz",
                             "--output", "export/net.npz"})
              .code == 0);
  const outcome nowhere = run(classifier(), {"export", "--weights", "export/best.safetensors",
                                             "--output", "export/no folder/net.blob"});
  CHECK(nowhere.code == 2);
  CHECK(nowhere.err.find("cannot write export/no folder/net.blob: ") != std::string::npos);
  CHECK(nowhere.err.find("name a file in a folder that exists") != std::string::npos);
  const rt::bytes npz = rt::read_file("export/net.npz");
  CHECK(std::memcmp(npz.data(), "PK\3\4", 4) == 0);
}

TEST_CASE("export: parameters by name load again; folded, one array of what serving reads") {
  REQUIRE(train("exported").code == 0);
  const auto exports = [](std::vector<std::string> more) {
    std::vector<std::string> all{"export", "--weights", "exported/best.safetensors"};
    all.insert(all.end(), more.begin(), more.end());
    const outcome o = run(classifier(), all);
    REQUIRE_MESSAGE(o.code == 0, o.err);
  };
  exports({"--format", "npz", "--output", "exported/net.npz"});
  const auto arrays = rt::read_npz("exported/net.npz");
  CHECK(arrays.at("linear_1.weight").shape == std::vector<std::size_t>{10, 40});
  exports({"--format", "safetensors", "--output", "exported/copy.safetensors"});
  CHECK(rt::read_file("exported/copy.safetensors") == rt::read_file("exported/best.safetensors"));
  const auto weight = rt::safetensors_file::load("exported/copy.safetensors");
  const auto values = weight.find("linear_1.weight")->values;
  CHECK(arrays.at("linear_1.weight").floats() == std::vector<float>(values.begin(), values.end()));

  exports({"--format", "npz", "--folded", "--output", "exported/folded.npz"});
  exports({"--format", "safetensors", "--folded", "--output", "exported/folded.safetensors"});
  const auto folded = rt::safetensors_file::load("exported/folded.safetensors");
  REQUIRE(folded.find("eval_image"));
  CHECK(folded.find("eval_image")->shape == std::vector<std::size_t>{496});
  CHECK(folded.about().at("network") == "byhand");
  CHECK(rt::read_npz("exported/folded.npz").at("eval_image").floats()[0] ==
        folded.find("eval_image")->values[0]);
}

TEST_CASE("values: a linear map is recovered from samples, half of them kept for the test") {
  const auto data = fresh("values_data");
  std::vector<float> x, y;
  for (int i = 0; i < 200; ++i) {
    const double a = std::sin(i), b = std::cos(1.7 * i), c = std::sin(0.37 * i * i);
    for (const double value : {a, b, c}) x.push_back(static_cast<float>(value));
    y.push_back(static_cast<float>(a - 2 * b + 0.5));
    y.push_back(static_cast<float>(3 * c));
  }
  rt::write_npy(data / "x.npy", std::vector<std::size_t>{200, 3}, x);
  rt::write_npy(data / "y.npy", std::vector<std::size_t>{200, 2}, y);
  const std::string source = "npy:" + (data / "x.npy").string() + "," + (data / "y.npy").string();
  const outcome o =
      run(regressor(), {"train", "--data", source, "--epochs", "60", "--lr", "0.1",
                        "--test-fraction", "0.5", "--json", "--output", (data / "run").string()});
  REQUIRE_MESSAGE(o.code == 0, o.err);
  CHECK(o.lines().back()["test_loss"].get<double>() < 1e-8);
  CHECK(o.lines().back()["test_top1"].is_null());
  const outcome evaluated = run(
      regressor(),
      {"eval", "--weights", (data / "run/best.safetensors").string(), "--data", source, "--json"});
  CHECK(evaluated.lines().at(0)["samples"] == 100);
  CHECK(evaluated.lines().at(0)["loss"] == o.lines().back()["test_loss"]);
}

TEST_CASE("a batch too short for a batch norm is left out, and said so once") {
  // 3,200 of 4,000 samples train, less those that a fraction takes: 3,201 = 100 · 32 + 1.
  const outcome o =
      run(normed_classifier(), {"train", "--data", "mnist1d", "--epochs", "2", "--val-fraction",
                                "0.19975", "--output", "normed", "--overwrite", "--json"});
  REQUIRE_MESSAGE(o.code == 0, o.err);
  CHECK(o.err.find("left out") != std::string::npos);
  CHECK(o.err.find("left out") == o.err.rfind("left out"));
}

TEST_CASE("a run that diverges stops with exit code 1, names the step and keeps its files") {
  const outcome o = run(classifier(), {"train", "--data", "mnist1d", "--epochs", "3", "--lr",
                                       "1e30", "--output", "diverged", "--overwrite"});
  CHECK(o.code == 1);
  CHECK(o.err.find("tenon: error: training diverged") == 0);
  CHECK(o.err.find("step") != std::string::npos);
  CHECK(std::filesystem::exists("diverged/curves.svg"));
}

TEST_CASE("wrong usage is exit code 2 with one line that says what to do") {
  const auto refused = [](const std::vector<std::string>& arguments, const std::string& part) {
    const outcome o = run(classifier(), arguments);
    CHECK(o.code == 2);
    CHECK(o.err.starts_with("tenon: error: "));
    CHECK_MESSAGE(o.err.find(part) != std::string::npos, o.err);
    CHECK(std::count(o.err.begin(), o.err.end(), '\n') == 1);
  };
  refused({"train"}, "--data");
  refused({"fly"}, "fly");
  refused({"train", "--data", "nowhere"}, "neither a folder nor a known source");
  refused({"train", "--data", "mnist1d", "-b", "33"}, "--batch 33");
  refused({"train", "--data", "mnist1d", "--val-fraction", "1.5"}, "[0, 1)");
  refused({"train", "--data", "mnist1d", "--opt", "adam", "--nesterov"}, "--nesterov");
  refused({"train", "--data", "mnist1d", "--epochs", "0"}, "--epochs: 0 is not above 0;");
  refused({"train", "--data", "mnist1d", "--epochs", "1.5"},
          "--epochs: '1.5' is not a whole number;");
  refused({"train", "--data", "mnist1d", "--lr", "abc"}, "--lr: abc is no number;");
  refused({"train", "--data", "mnist1d", "--lr", "-1"}, "--lr: -1 is not 0 or more;");
  refused({"train", "--data", "mnist1d", "--lr", "nan"}, "--lr: nan is not 0 or more;");
  refused({"train", "--data", "mnist1d", "--momentum", "3"}, "--momentum: 3 is not in 0 - 1;");
  refused({"train", "--data", "mnist1d", "--seed", "x"},
          "--seed: 'x' is not a whole number of 0 or more;");
  refused({"eval", "--weights", "missing.safetensors", "--data", "mnist1d"}, "no such file");
  refused({"bench", "--batch", "64"}, "--batch 64");
  REQUIRE(train("twice").code == 0);
  refused({"train", "--data", "mnist1d", "--output", "twice"}, "--overwrite");
}

TEST_CASE("train --init-report: a line per layer, and nothing is trained or written") {
  std::filesystem::remove_all("reported");
  const std::vector<std::string> asked{"train",    "--data",   "mnist1d",
                                       "--output", "reported", "--init-report"};
  const outcome table = run(classifier(), asked);
  CHECK(table.code == 0);
  CHECK(table.out ==
        "deviation behind               activation     gradient\n"
        "linear_1                              0.5         0.25\n");
  auto in_json = asked;
  in_json.emplace_back("--json");
  const auto lines = run(classifier(), in_json).lines();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].dump() == R"({"activation":0.5,"gradient":0.25,"layer":"linear_1"})");
  CHECK_FALSE(std::filesystem::exists("reported"));
}

TEST_CASE("every command has help with an example") {
  for (const char* command : {"train", "eval", "predict", "info", "gradcheck", "landscape",
                              "recalibrate", "bench", "doctor", "export"}) {
    const outcome o = run(classifier(), {command, "--help"});
    CHECK(o.code == 0);
    CHECK_MESSAGE(o.out.find("Example: byhand " + std::string(command)) != std::string::npos,
                  o.out);
  }
}

}  // namespace
