// Tables: the reader of text, and what a source takes columns and classes to be.
#include <doctest/doctest.h>

#include <clocale>

#include "runtime/data/source.hpp"
#include "runtime/io/csv_reader.hpp"
#include "tests/runtime/files.hpp"
#include "tests/runtime/linear_network.hpp"

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

}  // namespace
