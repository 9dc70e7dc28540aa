// Emitted text: the same bytes whenever and wherever it is written, and free of what evaluation has
// no use for.
#include <doctest/doctest.h>

#include <algorithm>
#include <clocale>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <locale>
#include <set>
#include <sstream>
#include <string>
#include <tenon/dsl.hpp>

#include "codegen/emit.hpp"
#include "tests/emitted/networks.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;
using files = std::vector<codegen::emitted_file>;

std::vector<files> emit_all() {
  std::vector<files> all;
  for (const char* list : {"layers", "passes"})
    for (const network_value& net : networks_of(list))
      all.push_back(
          codegen::emit(net.declaration(),
                        {.batch = 64, .source = "net.hpp", .off = {}, .cuda = true}));
  return all;
}

bool equal(const std::vector<files>& a, const std::vector<files>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const files& f, const files& g) {
    return std::equal(f.begin(), f.end(), g.begin(), g.end(),
                      [](const auto& one, const auto& other) {
                        return one.path == other.path && one.text == other.text;
                      });
  });
}

// Numbers as the Germans and the Turks write them, whether or not their locales are installed.
struct commas : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

class foreign_locale {
 public:
  explicit foreign_locale(const char* name)
      : before_(std::locale::global(std::locale(std::locale::classic(), new commas))) {
    std::setlocale(LC_ALL, name);  // changes nothing where it is not installed
  }
  ~foreign_locale() {
    std::locale::global(before_);
    std::setlocale(LC_ALL, "C");
  }
  foreign_locale(const foreign_locale&) = delete;
  foreign_locale& operator=(const foreign_locale&) = delete;

 private:
  std::locale before_;
};

std::string text_of(const files& all, const std::string& end) {
  for (const codegen::emitted_file& f : all)
    if (f.path.ends_with(end)) return f.text;
  FAIL("no emitted file ends in " << end);
  return {};
}

// Without comments: banners say what was dropped and merged.
std::string code_of(const files& all, const std::string& end) {
  std::istringstream in(text_of(all, end));
  std::string code;
  for (std::string line; std::getline(in, line);) code += line.substr(0, line.find("//")) + '\n';
  return code;
}

template <class List>
files emitted(const char* name, List list) {
  const network_value net = as_network(name, list);
  REQUIRE(net.check().legal);
  return codegen::emit(net.declaration(), {.batch = 64, .source = "net.hpp", .off = {}});
}

bool holds(const std::string& text, const char* word) {
  return text.find(word) != std::string::npos;
}

int count_of(const std::string& text, const std::string& word) {
  int n = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++n;
  return n;
}

TEST_CASE("the text depends on nothing but the network") {
  const std::vector<files> first = emit_all();
  REQUIRE(first.size() > 10);
  CHECK(equal(first, emit_all()));
  for (const char* name : {"de_DE.UTF-8", "tr_TR.UTF-8"}) {
    const foreign_locale there(name);
    CAPTURE(name);
    std::ostringstream number;
    number << 1234.5;
    REQUIRE(number.str() == "1.234,5");  // the locale is one that could be noticed
    CHECK(equal(first, emit_all()));
  }
  const auto home = std::filesystem::current_path();
  std::filesystem::create_directory("elsewhere");
  std::filesystem::current_path("elsewhere");
  CHECK(equal(first, emit_all()));
  std::filesystem::current_path(home);
}

TEST_CASE("files are written byte for byte, and not again while nothing changes") {
  const network_value net = networks_of("passes").front();
  const files all = codegen::emit(net.declaration(), {.batch = 64, .source = "net.hpp", .off = {}});
  std::filesystem::remove_all("written");
  CHECK(codegen::write_files(all, "written") == static_cast<int>(all.size()));
  for (const codegen::emitted_file& f : all) {
    std::ifstream in("written/" + f.path, std::ios::binary);
    CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == f.text);
  }
  CHECK(codegen::write_files(all, "written") == 0);
}

TEST_CASE("what a network has no more goes, and nothing else") {
  namespace fs = std::filesystem;
  fs::remove_all("renewed");
  const auto names = [] {
    std::set<std::string> all;
    for (const auto& f : fs::recursive_directory_iterator("renewed"))
      if (f.is_regular_file()) all.insert(fs::relative(f.path(), "renewed").string());
    return all;
  };
  const auto write = [](const char* name, auto list, bool standalone = false) {
    const network_value net = tests::as_network(name, list);
    codegen::write_files(codegen::emit(net.declaration(),
                                       {.source = "net.hpp", .off = {}, .standalone = standalone}),
                         "renewed");
  };
  const auto quiet = input<5> | relu | linear<3> | softmax_cross_entropy;
  const auto noisy = input<5> | relu | dropout<drop(0.4)> | linear<3> | softmax_cross_entropy;
  write("net", quiet);
  std::set<std::string> expected = names();
  CHECK_FALSE(expected.contains("net_eval_mc.cc"));
  for (const char* own : {"notes.txt", "net_mine.cc", "net_eval.cc.orig"}) {
    std::ofstream("renewed/" + std::string(own)) << "somebody's own";
    expected.insert(own);
  }
  write("net", noisy);
  CHECK(names().contains("net_eval_mc.cc"));
  write("net", quiet);
  CHECK(names() == expected);

  // A second network in the folder: its source is its own, and what it may include of Tenon stays.
  write("net", noisy, true);
  const std::set<std::string> standalone = names();
  write("other", quiet);
  CHECK(std::ranges::includes(names(), standalone));
  write("other", quiet, true);
  write("other", quiet);
  CHECK(std::ranges::includes(names(), standalone));
}

TEST_CASE("a manifest that is none, or names another's files, removes nothing") {
  namespace fs = std::filesystem;
  fs::remove_all("strange");
  fs::create_directories("strange/folder");
  std::ofstream("strange/kept") << "kept";
  const network_value net = networks_of("passes").front();
  const files all = codegen::emit(net.declaration(), {.batch = 64, .source = "net.hpp", .off = {}});
  for (const char* list : {"[\"../kept\", \"x/../../kept\"]", "7", "[7]", "["}) {
    std::ofstream("strange/folder/manifest.json")
        << "{\"network\": \"" << net.name << "\", \"files\": " << list << "}";
    CAPTURE(list);
    CHECK(codegen::write_files(all, "strange/folder") > 0);
    CHECK(fs::exists("strange/kept"));
  }
}

TEST_CASE("evaluation has no trace of dropout, and no kernel of a batch norm that is merged") {
  const files all = emitted("served", input<3, 6, 6> | conv2d<8, 3>(same) | batch_norm | relu |
                                          dropout<drop(0.4)> | flatten | linear<9> | batch_norm |
                                          dropout<keep(0.7)> | linear<5> | softmax_cross_entropy);
  const std::string eval = code_of(all, "_eval.cc"), train = code_of(all, "_train.cc");
  for (const char* word : {"dropout", "uniform", "seed", "mask"}) {
    CAPTURE(word);
    CHECK_FALSE(holds(eval, word));
  }
  CHECK_FALSE(holds(eval, "batch_norm"));
  for (const char* word : {"dropout", "uniform", "seed", "batch_norm"}) {
    CAPTURE(word);
    CHECK(holds(train, word));  // the words are those that would show it
  }
  CHECK(holds(text_of(all, "_eval.cc"), "batch_norm_1"));  // its banner says where it went
}

// What is left when comments have gone.
std::vector<std::string> lines_of(const std::string& code) {
  std::istringstream in(code);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    if (line.find_first_not_of(' ') != std::string::npos) lines.push_back(line);
  return lines;
}

// What a layer that draws numbers would need, in emitted code.
constexpr const char* marks_of_noise[] = {"uniform", "seed", "mask", "of_the_step"};

TEST_CASE("with every kind of noise, evaluation is the source of the network without it") {
  const auto all_noise =
      emitted("net", input<2, 6, 6> | gaussian_noise<0.2> | conv2d<4, 3>(same) | batch_norm | relu |
                         spatial_dropout<drop(0.2)> | stochastic_depth<drop(0.3)>(conv2d<4, 1>) |
                         stochastic_depth<drop(0.3)>(conv2d<4, 1>, per_batch) | flatten |
                         dropout<drop(0.4)> | linear<3> | softmax_cross_entropy);
  const auto none = emitted("net", input<2, 6, 6> | conv2d<4, 3>(same) | batch_norm | relu |
                                       residual(conv2d<4, 1>) | residual(conv2d<4, 1>) | flatten |
                                       linear<3> | softmax_cross_entropy);
  CHECK(lines_of(code_of(all_noise, "_eval.cc")) == lines_of(code_of(none, "_eval.cc")));
  // Weights that hold a factor are other numbers in the same places.
  const auto factor = emitted("net", input<7> | relu | dropout<drop(0.4)>(vanilla) | linear<3> |
                                         softmax_cross_entropy),
             no_factor = emitted("net", input<7> | relu | linear<3> | softmax_cross_entropy);
  CHECK(count_of(code_of(factor, "_eval.cc"), "hn::") ==
        count_of(code_of(no_factor, "_eval.cc"), "hn::"));
  for (const char* mark : marks_of_noise) {
    CAPTURE(mark);
    CHECK_FALSE(holds(code_of(all_noise, "_eval.cc"), mark));
    CHECK(holds(code_of(all_noise, "_eval_mc.cc"), mark));
    CHECK(holds(code_of(all_noise, "_train.cc"), mark));
  }
  CHECK_FALSE(holds(text_of(none, "net.hpp"), "eval_mc"));
  CHECK(std::ranges::none_of(none, [](const auto& f) { return f.path.ends_with("_eval_mc.cc"); }));
  CHECK_FALSE(holds(text_of(none, "manifest.json"), "eval_mc"));
}

TEST_CASE("the table tells layers apart whose names end alike") {
  const files all = emitted("alike", input<5> | linear<7> | leaky_relu<> | linear<7> | relu |
                                         linear<3> | softmax_cross_entropy);
  const std::string eval = text_of(all, "_eval.cc");
  const std::size_t at = eval.find("\n//   relu_1 ");
  REQUIRE(at != std::string::npos);
  const std::string row = eval.substr(at + 1, eval.find('\n', at + 1) - at - 1);
  CAPTURE(row);
  CHECK(row.ends_with("in the kernel of linear_2"));
}

TEST_CASE("a batch norm that nothing can take up keeps its kernel") {
  const files all = emitted("kept", input<3, 6, 6> | batch_norm | max_pool<2> | flatten |
                                        linear<5> | softmax_cross_entropy);
  CHECK(holds(code_of(all, "_eval.cc"), "void batch_norm_1"));
}

}  // namespace
