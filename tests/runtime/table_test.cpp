// Tables: the reader of text, columns and classes, and what training and predicting make of them.
#include <doctest/doctest.h>

#include <clocale>
#include <cmath>
#include <random>

#include "runtime/data/source.hpp"
#include "runtime/io/csv_reader.hpp"
#include "runtime/io/npy.hpp"
#include "tests/runtime/files.hpp"
#include "tests/runtime/linear_network.hpp"
#include "tests/runtime/run_command.hpp"

namespace {

using namespace tenon::test;
using namespace tenon::runtime;
using strings = std::vector<std::string>;

std::vector<strings> records(std::string_view text) {
  csv_reader reader(text, "t.csv");
  std::vector<strings> all;
  for (strings fields; reader.next(fields);) all.push_back(fields);
  return all;
}

TEST_CASE(
    "csv: quotes, doubled quotes, line ends in fields, CRLF, a byte order mark, no last line end") {
  const std::vector<strings> wanted{{"a", "b"}, {"1,5", "say \"hi\"\r\nthere"}, {"", "x y"}};
  CHECK(records("a,b\n\"1,5\",\"say \"\"hi\"\"\r\nthere\"\n,x y\n") == wanted);
  CHECK(records("\xEF\xBB\xBF"
                "a , b\r\n \"1,5\" ,\"say \"\"hi\"\"\r\nthere\"\r\n\r\n, x y") == wanted);
  CHECK(records("").empty());
  CHECK(records("\n\r\n").empty());
  CHECK(records(",\n") == std::vector<strings>{{"", ""}});
}

TEST_CASE("csv: lines are counted through quoted line ends; quotes that do not match are refused") {
  csv_reader reader("a\n\"x\ny\"\n\nb\n", "t.csv");
  strings fields;
  std::vector<std::size_t> lines;
  while (reader.next(fields)) lines.push_back(reader.line());
  CHECK(lines == std::vector<std::size_t>{1, 2, 5});
  const auto says = [](std::string_view text) {
    return refusal<user_error>([&] { records(text); });
  };
  CHECK(says("a\n\"b\n").find("line 2 is never closed") != std::string::npos);
  CHECK(says("a\nb\"c\n").find("line 2: a quote stands inside") != std::string::npos);
  CHECK(says("\"a\"b\n").find("after a quoted field comes 'b'") != std::string::npos);
}

TEST_CASE("csv: numbers whatever the locale; only finite ones that float holds") {
  std::setlocale(LC_ALL, "de_DE.UTF-8");  // a comma for the point, where it is installed
  float value = 0;
  const auto reads = [&](std::string_view text) { return parse_number(text, value); };
  CHECK((reads("2.5") && value == 2.5F));
  CHECK((reads("+.28") && value == 0.28F));
  CHECK((reads("-1e-3") && value == -1e-3F));
  for (const char* bad : {"", "2,5", "nan", "inf", "1e39", "1 2", "0x10", "+-1", "1.5f"}) {
    CHECK_FALSE_MESSAGE(reads(bad), bad);
  }
  std::setlocale(LC_ALL, "C");
}

// [3] -> 3 classes.
tenon::network_info small() {
  static constexpr int inputs[] = {3}, outputs[] = {3};
  tenon::network_info info = *regressor().info;
  info.target_is_class = true;
  info.classes = 3;
  info.input_shape = inputs;
  info.output_shape = outputs;
  info.target_shape = {};
  return info;
}

source_data load(std::string_view text, const tenon::network_info& network,
                 const source_options& options = {}) {
  write("t.csv", text);
  return load_source("csv:t.csv", network, options);
}

TEST_CASE("csv source: the last column is the target, names are sorted, numbers stay") {
  const auto named = load("a,b,c,y\n1,2,3,red\n4,5,6,blue\n", small());
  CHECK(named.train.x == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(named.names.classes == strings{"blue", "red"});
  CHECK(named.train.classes == std::vector<std::int32_t>{1, 0});
  CHECK(named.names.features == strings{"a", "b", "c"});
  CHECK(named.names.targets == strings{"y"});
  CHECK(named.by_default == standardization::column);
  const auto numbers = load("a,b,c,y\n1,2,3,2\n4,5,6,0\n", small());
  CHECK(numbers.names.classes.empty());
  CHECK(numbers.train.classes == std::vector<std::int32_t>{2, 0});
  // 10 does not lie in [0, 3): so these are names, in order of their values.
  const auto from_one = load("a,b,c,y\n1,2,3,10\n4,5,6,9\n", small());
  CHECK(from_one.names.classes == strings{"9", "10"});
  CHECK(from_one.train.classes == std::vector<std::int32_t>{1, 0});
}

TEST_CASE("csv source: columns by name, in any order and in both files; values as targets") {
  const auto& network = *regressor().info;
  source_options options;
  options.names.targets = {"v", "u"};
  options.names.features = {"c", "a", "b"};
  write("train.csv", "a,b,c,u,v,extra\n1,2,3,4,5,x\n");
  write("test.csv", "v,u,c,b,a\n50,40,30,20,10\n");
  const auto source = load_source("csv:train.csv,test.csv", network, options);
  CHECK(source.train.x == std::vector<float>{3, 1, 2});
  CHECK(source.train.targets == std::vector<float>{5, 4});
  CHECK(source.test->x == std::vector<float>{30, 10, 20});
  CHECK(source.test->targets == std::vector<float>{50, 40});
  options = {.names = {}, .header = false};
  options.names.targets = {"1", "2"};
  write("bare.csv", "9,8,1.5,2.5,3.5\n");
  const auto bare = load_source("csv:bare.csv", network, options);
  CHECK(bare.train.x == std::vector<float>{1.5F, 2.5F, 3.5F});
  CHECK(bare.train.targets == std::vector<float>{9, 8});
}

TEST_CASE("csv source: known classes settle the numbers, an unknown one is named with its line") {
  source_options options;
  options.names.classes = {"red", "green", "blue"};
  CHECK(load("a,b,c,y\n1,2,3,blue\n", small(), options).train.classes ==
        std::vector<std::int32_t>{2});
  CHECK(load("a,b,c,y\n1,2,3,2\n", small(), options).train.classes == std::vector<std::int32_t>{2});
  CHECK(refusal<user_error>([&] {
          load("a,b,c,y\n1,2,3,pink\n", small(), options);
        }).find("'pink' in line 2 is no known class; known are red, green, blue") !=
        std::string::npos);
  options.names.classes = {"1", "2", "3"};  // "0" must not become the class named 1
  CHECK(refusal<user_error>([&] { load("a,b,c,y\n1,2,3,0\n", small(), options); }) != "");
}

TEST_CASE("csv source: what is wrong is named with line and column, and what to do") {
  const auto says = [](std::string_view text, const std::string& part,
                       const source_options& options = {}) {
    const std::string message = refusal<user_error>([&] { load(text, small(), options); });
    CHECK_MESSAGE(message.find(part) != std::string::npos, message);
  };
  says("", "t.csv: is empty");
  says("a,b,c,y\n", "holds no samples");
  says("a,b,c,y\n1,,3,0\n", "line 2, column 'b': the value is missing ('')");
  says("a,b,c,y\n1,2,3,0\n1,2,NA,0\n", "line 3, column 'c': the value is missing ('NA')");
  says("a,b,c,y\n1,2,3,\n", "column 'y': the value is missing");
  says("a,b,c,y\n1,2,male,0\n", "column 'c': 'male' is no finite number");
  says("a,b,c,y\n1,2,3\n", "line 2 has 3 fields, the first line has 4");
  says("a,b,y\n1,2,0\n", "2 feature columns, network values takes 3");
  says("1.5,2,3,0\n4,5,6,0\n", "no header; add a line");
  says("0,0,3,0\n4,5,6,0\n", "--no-header");
  says("a;b;c;y\n1;2;3;0\n", "only commas separate");
  says("a,b,c,y\n1,2,3,p\n1,2,3,q\n1,2,3,r\n1,2,3,s\n", "more than the 3 classes");
  says("a,b,c,y\n1,2,3,p\n", "--target z: t.csv has no such column; it has a, b, c, y",
       {.names = {.classes = {}, .features = {}, .targets = {"z"}}});
  says("a,b,c,y\n1,2,3,p\n", "y is the target",
       {.names = {.classes = {}, .features = {"a", "b", "y"}, .targets = {}}});
  write("three.csv", "a\n");
  CHECK(refusal<user_error>([] { load_source("csv:a,b,c", small()); }).find("3 files") !=
        std::string::npos);
  CHECK(refusal<user_error>([] { load_source("csv:absent.csv", small()); }).find("no such file") !=
        std::string::npos);
}

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
  const auto rows = records({reinterpret_cast<const char*>(content.data()), content.size()});
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
