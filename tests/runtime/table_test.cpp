// Tables from end to end: training, resuming, evaluating and predicting.
#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "runtime/io/csv_reader.hpp"
#include "runtime/io/file.hpp"
#include "tests/runtime/files.hpp"
#include "tests/runtime/linear_network.hpp"
#include "tests/runtime/run_command.hpp"

namespace {

using namespace tenon::test;
using namespace tenon::runtime;
using strings = std::vector<std::string>;

// 300 samples of two targets in units of thousands: 2000 a - 1000 b + 5000, 3000 c - 7000; with
// some noise.
void write_values(const std::filesystem::path& path) {
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  std::string text = "a,b,c,u,v\n";
  for (int i = 0; i < 300; ++i) {
    const double a = normal(random), b = 50 + 10 * normal(random), c = 1e-3 * normal(random);
    text += std::to_string(a) + ',' + std::to_string(b) + ',' + std::to_string(c) + ',' +
            std::to_string(2000 * a - 100 * (b - 50) + 5000 + 300 * normal(random)) + ',' +
            std::to_string(3e6 * c - 7000 + 300 * normal(random)) + '\n';
  }
  write(path, text);
}

TEST_CASE(
    "values from a table: standardised targets come back in their units, with mse, mae and r2") {
  const auto data = fresh("table_values");
  write_values(data / "t.csv");
  const std::string source = "csv:" + (data / "t.csv").string(), out = (data / "run").string();
  const outcome trained =
      run(regressor(),
          {"train", "--data", source, "--target", "u,v", "--standardize-target", "--val-fraction",
           "0.1", "--epochs", "40", "--opt", "adam", "--lr", "0.02", "--json", "--output", out});
  REQUIRE_MESSAGE(trained.code == 0, trained.err);
  const auto last = trained.lines().back();
  CHECK(trained.lines().at(39)["val_r2"].get<double>() > 0.95);
  const bytes metrics = read_file(data / "run/metrics.csv");
  const std::string head(reinterpret_cast<const char*>(metrics.data()), 43);
  CHECK(head == "epoch,learning_rate,loss,seconds,val_loss,v");
  CHECK(last["test_r2"].get<double>() > 0.95);
  CHECK(last["test_mae"].get<double>() ==
        doctest::Approx(300 * std::sqrt(2 / 3.14159)).epsilon(0.2));
  CHECK(last["test_mse"].get<double>() == doctest::Approx(300 * 300).epsilon(0.4));
  const std::string weights = out + "/best.safetensors";
  // Columns and standardisation are remembered.
  const outcome evaluated =
      run(regressor(), {"eval", "--weights", weights, "--data", source, "--json"});
  REQUIRE_MESSAGE(evaluated.code == 0, evaluated.err);
  const auto line = evaluated.lines().at(0);
  for (const char* key : {"loss", "mse", "mae", "r2"}) {
    CHECK(line[key] == last["test_" + std::string(key)]);
  }
  CHECK(line["top1"].is_null());
  CHECK(line["classes"].is_null());
  const outcome read = run(regressor(), {"eval", "--weights", weights, "--data", source});
  CHECK(read.out.find("mae") != std::string::npos);

  write(data / "new.csv", "c,b,a\n0,50,0\n0,50,1\n");  // another order, no targets
  const outcome predicted = run(regressor(), {"predict", "--weights", weights, "--input",
                                              (data / "new.csv").string(), "--json"});
  REQUIRE_MESSAGE(predicted.code == 0, predicted.err);
  const auto rows = predicted.lines();
  CHECK(rows.at(0)["values"].at(0).get<double>() == doctest::Approx(5000).epsilon(0.05));
  CHECK(rows.at(1)["values"].at(0).get<double>() == doctest::Approx(7000).epsilon(0.05));
  CHECK(rows.at(0)["values"].at(1).get<double>() == doctest::Approx(-7000).epsilon(0.05));

  const outcome refused = run(regressor(), {"eval", "--weights", weights, "--data", source,
                                            "--confusion", (data / "c.csv").string()});
  CHECK(refused.code == 2);
  CHECK(refused.err.find("predicts values") != std::string::npos);
}

TEST_CASE("a training on a table goes on to the same bits; columns and scales are remembered") {
  const auto data = fresh("table_resumed");
  write_values(data / "t.csv");
  const auto trains = [&](const std::string& folder, const char* epochs) {
    return run(regressor(),
               {"train", "--data", "csv:" + (data / "t.csv").string(), "--target", "v,u",
                "--features", "c,a,b", "--standardize-target", "--val-fraction", "0.2", "--epochs",
                epochs, "--json", "--output", (data / folder).string()});
  };
  const outcome whole = trains("whole", "6"), part = trains("part", "3");
  REQUIRE_MESSAGE(whole.code == 0, whole.err);
  REQUIRE_MESSAGE(part.code == 0, part.err);
  const outcome resumed =
      run(regressor(), {"train", "--resume", (data / "part").string(), "--epochs", "6", "--json"});
  REQUIRE_MESSAGE(resumed.code == 0, resumed.err);
  for (const char* key : {"hash", "test_mse", "test_r2"})
    CHECK(resumed.lines().back()[key] == whole.lines().back()[key]);
  CHECK(resumed.lines().back()["hash"] != part.lines().back()["hash"]);
}

// Ten classes with names, each with its own mean in 40 columns.
void write_classes(const std::filesystem::path& path) {
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  std::string text;
  for (int i = 0; i < 40; ++i) text += "f" + std::to_string(i) + ",";
  text += "\"kind, of thing\"\n";
  for (int i = 0; i < 500; ++i) {
    for (int k = 0; k < 40; ++k) text += std::to_string(normal(random) + (k % 10 == i % 10)) + ',';
    text += std::string("kind ") + static_cast<char>('a' + i % 10) + '\n';
  }
  write(path, text);
}

TEST_CASE(
    "classes from a table: names go from training to eval, the confusion matrix and predict") {
  const auto data = fresh("table_classes");
  write_classes(data / "t.csv");
  const std::string source = "csv:" + (data / "t.csv").string(), out = (data / "run").string();
  const outcome trained = run(classifier(), {"train", "--data", source, "--epochs", "20", "--opt",
                                             "adam", "--lr", "0.02", "--json", "--output", out});
  REQUIRE_MESSAGE(trained.code == 0, trained.err);
  CHECK(trained.lines().back()["test_top1"].get<double>() > 0.5);
  CHECK(trained.lines().back()["test_r2"].is_null());
  const strings eval{"eval", "--weights", out + "/best.safetensors", "--data", source};
  strings as_json = eval;
  as_json.insert(as_json.end(), {"--json", "--confusion", (data / "confusion.csv").string()});
  const auto line = run(classifier(), as_json).lines().at(0);
  CHECK(line["mse"].is_null());
  CHECK(line["classes"].size() == 10);
  CHECK(line["classes"][3]["name"] == "kind d");

  // The CSV: as many samples as evaluated, top-1 of them on the diagonal.
  const bytes content = read_file(data / "confusion.csv");
  std::vector<strings> rows;
  csv_reader reader({reinterpret_cast<const char*>(content.data()), content.size()}, "confusion");
  for (strings fields; reader.next(fields);) rows.push_back(fields);
  REQUIRE(rows.size() == 11);
  CHECK(rows[0][1] == "kind a");
  int all = 0, right = 0, support = 0;
  for (std::size_t t = 1; t <= 10; ++t) {
    for (std::size_t k = 1; k <= 10; ++k) all += std::stoi(rows[t][k]);
    right += std::stoi(rows[t][t]);
    support += line["classes"][t - 1]["support"].get<int>();
  }
  CHECK(all == line["samples"]);
  CHECK(support == all);
  CHECK(right == doctest::Approx(line["top1"].get<double>() * all));

  const outcome read = run(classifier(), eval);
  CHECK(read.out.find("precision") != std::string::npos);
  CHECK(read.out.find("predicted as") != std::string::npos);
  const outcome predicted = run(classifier(), {"predict", "--weights", out + "/best.safetensors",
                                               "--input", (data / "t.csv").string(), "--top", "2"});
  REQUIRE_MESSAGE(predicted.code == 0, predicted.err);
  CHECK(predicted.out.starts_with("0: kind "));

  write(data / "names.txt", "A\nB\nC\nD\nE\nF\nG\nH\nI\nJ\n");
  const outcome renamed = run(classifier(), {"predict", "--weights", out + "/best.safetensors",
                                             "--input", (data / "t.csv").string(), "--classes",
                                             (data / "names.txt").string(), "--json"});
  CHECK(renamed.lines().at(0)["top"][0]["name"].get<std::string>().size() == 1);
  write(data / "doubled.txt", "A\nB\nA\n");
  const outcome doubled =
      run(classifier(), {"predict", "--weights", out + "/best.safetensors", "--input",
                         (data / "t.csv").string(), "--classes", (data / "doubled.txt").string()});
  CHECK(doubled.code == 2);
  CHECK(doubled.err.find("line 3 repeats 'A'") != std::string::npos);
}

TEST_CASE("--standardize-target with classes is refused") {
  const auto data = fresh("table_refused");
  write_classes(data / "t.csv");
  const outcome o =
      run(classifier(), {"train", "--data", "csv:" + (data / "t.csv").string(),
                         "--standardize-target", "--output", (data / "run").string()});
  CHECK(o.code == 2);
  CHECK(o.err.find("--standardize-target") != std::string::npos);
}

}  // namespace
