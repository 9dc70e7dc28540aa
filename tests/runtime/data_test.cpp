// Sources, parts, standardisation and the random numbers of the host.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <set>

#include "runtime/data/mnist1d.hpp"
#include "runtime/data/random_stream.hpp"
#include "runtime/data/source.hpp"
#include "runtime/data/split.hpp"
#include "runtime/data/standardize.hpp"
#include "runtime/io/error.hpp"
#include "runtime/io/npz.hpp"
#include "tests/runtime/files.hpp"
#include "tests/runtime/linear_network.hpp"

namespace {

using namespace tenon::test;
using namespace tenon::runtime;
namespace fs = std::filesystem;

doctest::Approx near(double value) { return doctest::Approx(value).epsilon(1e-14); }

TEST_CASE("mnist1d: templates") {
  const auto zero = mnist1d_template(0), one = mnist1d_template(1);
  CHECK(zero[0] == 0);
  CHECK(zero[1] == doctest::Approx(0.23694).epsilon(1e-5));
  CHECK(zero[4] == doctest::Approx(0.473879).epsilon(1e-5));
  CHECK(one[1] == doctest::Approx(-0.369863).epsilon(1e-5));
  CHECK(one[3] == doctest::Approx(-0.295891).epsilon(1e-5));
}

TEST_CASE("mnist1d: the published draws and order of the set with seed 42") {
  std::vector<std::uint32_t> order;
  const auto signals = mnist1d_signals({}, &order);
  REQUIRE(signals.size() == 5000);
  CHECK(signals[0].first_uniform == 0.3745401188473625);
  CHECK(signals[0].padding == 45);
  CHECK(signals[0].scale == near(1.1802857225639665));
  CHECK(signals[0].shift == 42);
  CHECK(signals[0].shear == near(-0.20981921432583878));
  CHECK(signals[1].first_uniform == 0.7111495324380178);
  CHECK(signals[1].padding == 53);
  CHECK(signals[1].scale == near(1.123800418455886));
  CHECK(signals[1].shift == 19);
  CHECK(signals[1].shear == near(-0.3220734394496776));
  CHECK(std::vector<std::uint32_t>(order.begin(), order.begin() + 5) ==
        std::vector<std::uint32_t>{1472, 3385, 2210, 2638, 3156});
}

TEST_CASE("mnist1d: the published set") {
  const mnist1d_set set = make_mnist1d();
  CHECK(set.mean == doctest::Approx(-0.0055075064).epsilon(1e-7));
  CHECK(set.deviation == doctest::Approx(0.1546780342).epsilon(1e-9));
  CHECK(std::vector<std::int32_t>(set.digits.begin(), set.digits.begin() + 10) ==
        std::vector<std::int32_t>{2, 6, 4, 5, 6, 6, 6, 0, 3, 1});
  const double first[] = {-0.33200567, -0.47191037, -0.77869708, -1.00974083};
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(set.values[i] == doctest::Approx(first[i]).epsilon(1e-7));
  CHECK(std::accumulate(set.values.begin(), set.values.end(), 0.0) / 200'000 ==
        doctest::Approx(0).epsilon(1e-12));
}

// The folder of real data sets that TENON_DATA names, or nothing, said so.
fs::path real_data(const char* name) {
  const char* folder = std::getenv("TENON_DATA");
  if (folder && fs::is_directory(fs::path(folder) / name)) return fs::path(folder) / name;
  MESSAGE("skipped: " << std::string(name) << " (TENON_DATA names no folder that holds it)");
  return {};
}

TEST_CASE("mnist1d: equal to the authors' frozen files within 1e-13") {
  const fs::path folder = real_data("mnist1d");
  if (folder.empty()) return;
  const mnist1d_set set = make_mnist1d();
  std::size_t at = 0, labels = 0;
  double worst = 0;
  for (const char* part : {"train", "test"}) {
    const npy_array x = read_npy(folder / (std::string("x_") + part + ".npy"));
    const auto y = read_npy(folder / (std::string("y_") + part + ".npy")).integers("y");
    REQUIRE(x.type == number::float64);
    for (std::size_t i = 0; i < x.count(); ++i) {
      double value = 0;
      std::memcpy(&value, x.data.data() + 8 * i, 8);
      worst = std::max(worst, std::abs(value - set.values[at++]));
    }
    for (const std::int32_t digit : y) CHECK(digit == set.digits[labels++]);
  }
  CHECK(at == 200'000);
  CHECK(worst < 1e-13);
}

TEST_CASE("a source as npy files gives what the generator gives") {
  const fs::path folder = real_data("mnist1d");
  if (folder.empty()) return;
  const std::string at = folder.string();
  const auto files = load_source("npy:" + at + "/x_train.npy," + at + "/y_train.npy," + at +
                                     "/x_test.npy," + at + "/y_test.npy",
                                 *classifier().info);
  const auto made = load_source("mnist1d", *classifier().info);
  CHECK(files.train.classes == made.train.classes);
  CHECK(files.test->x == made.test->x);
  CHECK(hash(files) == hash(made));
}

TEST_CASE("npz source: Keras's names or the short ones; a missing array is named") {
  const fs::path folder = fs::path(TENON_CORPUS) / "npz";
  const auto plain = load_source("npz:" + (folder / "stored").string(), *classifier().info);
  CHECK(plain.train.classes == std::vector<std::int32_t>{1, 2, 9});
  CHECK_FALSE(plain.test);
  const auto both = load_source("npz:" + (folder / "deflated").string(), *classifier().info);
  CHECK(both.train.x == plain.train.x);
  CHECK(both.test->classes == std::vector<std::int32_t>{1});
  const std::vector<float> x(40);
  save_npz("no_y.npz", std::vector{tensor_view{"x", {1, 40}, x}});
  CHECK(refusal<user_error>([] {
          load_source("npz:no_y.npz", *classifier().info);
        }).find("holds no array y_train or y; it has x") != std::string::npos);
}

tenon::network_info images(std::span<const int> shape) {
  tenon::network_info info = *classifier().info;
  info.input_shape = shape;
  return info;
}

TEST_CASE("Fashion-MNIST: the published mean and deviation of the training pixels") {
  const fs::path folder = real_data("fashion-mnist");
  if (folder.empty()) return;
  const int shape[] = {1, 28, 28};
  const auto source = load_source(folder.string(), images(shape));
  CHECK(source.train.samples() == 60'000);
  CHECK(source.test->samples() == 10'000);
  std::vector<std::uint32_t> all(60'000);
  std::iota(all.begin(), all.end(), 0U);
  const statistics s = measure(source.train, all, standardization::channel, shape);
  REQUIRE(s.mean.size() == 1);
  CHECK(s.mean[0] == doctest::Approx(0.286041).epsilon(1e-5));
  CHECK(s.deviation[0] == doctest::Approx(0.353024).epsilon(1e-5));
}

TEST_CASE("CIFAR-10: the published channel means, and no test part without test_batch") {
  const fs::path folder = real_data("cifar10");
  if (folder.empty()) return;
  const int shape[] = {3, 32, 32};
  const auto source = load_source(folder.string(), images(shape));
  REQUIRE(source.train.samples() == 20'000);
  CHECK(source.train.classes[0] == 6);
  CHECK(source.train.x[1] == 43.0F / 255.0F);
  CHECK(make_split(source, {}).test.empty());
  std::vector<std::uint32_t> all(20'000);
  std::iota(all.begin(), all.end(), 0U);
  const statistics s = measure(source.train, all, standardization::channel, shape);
  const double mean[] = {0.492799, 0.482988, 0.447011},
               deviation[] = {0.247425, 0.244119, 0.262054};
  for (std::size_t c = 0; c < 3; ++c) {
    CHECK(s.mean[c] == doctest::Approx(mean[c]).epsilon(1e-5));
    CHECK(s.deviation[c] == doctest::Approx(deviation[c]).epsilon(1e-5));
  }
}

// A folder of 5 training images of 4 x 10 pixels, and test images on request.
fs::path idx_folder(bool test, bool gz) {
  const fs::path folder = "idx_folder";
  fs::remove_all(folder);
  fs::create_directories(folder);
  const auto put = [&](const std::string& name, const std::string& content) {
    gz ? write_gz(folder / (name + ".gz"), content) : write(folder / name, content);
  };
  const auto images = [](std::uint32_t n) {
    return big_endian(0x803) + big_endian(n) + big_endian(4) + big_endian(10) +
           std::string(40 * n, '\x33');
  };
  put("train-images-idx3-ubyte", images(5));
  put("train-labels-idx1-ubyte", big_endian(0x801) + big_endian(5) + std::string("\0\1\2\3\4", 5));
  if (test) {
    put("t10k-images-idx3-ubyte", images(2));
    put("t10k-labels-idx1-ubyte", big_endian(0x801) + big_endian(2) + std::string("\0\1", 2));
  }
  return folder;
}

TEST_CASE(
    "IDX folder: bytes become [0, 1], images fit a flat input; a fifth is set apart where no test "
    "part lies") {
  for (const bool gz : {false, true}) {
    const auto source = load_source(idx_folder(true, gz).string(), *classifier().info);
    CHECK(source.train.samples() == 5);
    CHECK(source.test->samples() == 2);
    CHECK(source.train.x[7] == 0.2F);
    CHECK(source.by_default == standardization::channel);
  }
  const auto source = load_source(idx_folder(false, false).string(), *classifier().info);
  const split parts = make_split(source, {});
  CHECK(parts.test.size() == 1);
  CHECK(parts.train.size() == 4);
}

TEST_CASE(
    "names of classes lie beside the data, in the first file of three; too many are refused") {
  const auto names = [] {
    return load_source(idx_folder(true, false).string(), *classifier().info).names.classes;
  };
  CHECK(names().empty());
  const auto with = [](const char* file, const char* content) {
    const fs::path folder = idx_folder(true, false);
    write(folder / file, content);
    return load_source(folder.string(), *classifier().info).names.classes;
  };
  const std::vector<std::string> wanted{"T-shirt/top", "Trouser"};
  CHECK(with("classes.txt", "T-shirt/top\nTrouser") == wanted);
  CHECK(with("class_names.txt", "T-shirt/top\r\nTrouser\r\n") == wanted);
  CHECK(with("batches.meta.txt", "T-shirt/top\nTrouser\n\n") == wanted);  // CIFAR-10's ends so
  CHECK(refusal<user_error>([&] {
          with("classes.txt", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n");
        }).find("11 names of classes (0, …), network byhand tells 10 apart") != std::string::npos);
  CHECK(refusal<user_error>([&] { with("classes.txt", "a\n\nb\n"); }).find("line 2 is empty") !=
        std::string::npos);
}

TEST_CASE("sources that do not fit the network are refused") {
  const auto refused = [](auto change) {
    change();
    return refusal<user_error>([] { load_source("idx_folder", *classifier().info); });
  };
  CHECK(refused([] {
          idx_folder(true, false);
          fs::remove("idx_folder/t10k-labels-idx1-ubyte");
        }).find("one is missing") != std::string::npos);
  CHECK(refused([] {
          idx_folder(true, false);
          write("idx_folder/train-labels-idx1-ubyte",
                big_endian(0x801) + big_endian(4) + std::string(4, '\0'));
        }).find("5 images") != std::string::npos);
  CHECK(refused([] {
          idx_folder(true, false);
          write("idx_folder/train-labels-idx1-ubyte",
                big_endian(0x801) + big_endian(5) + std::string(5, '\x0a'));
        }).find("class 10") != std::string::npos);
  const int other[] = {1, 41};
  CHECK(refusal<user_error>([&] {
          idx_folder(true, false);
          load_source("idx_folder", images(other));
        }).find("[4, 10]") != std::string::npos);
  const int same_count[] = {5,
                            8};  // as many values, in another arrangement: not flat on either side
  CHECK(refusal<user_error>([&] {
          load_source("idx_folder", images(same_count));
        }).find("[4, 10]") != std::string::npos);
  fs::create_directories("cifar");
  write("cifar/data_batch_1.bin", std::string(3073 * 2 - 1, '\1'));
  CHECK(refusal<user_error>([&] {
          load_cifar_folder("cifar");
        }).find("no whole number of records") != std::string::npos);
}

source_data source_of(std::size_t n) {
  source_data source;
  source.train.shape = {1};
  source.train.x.resize(n);
  source.train.classes.resize(n);
  return source;
}

TEST_CASE("parts: every sample once, by seed and fractions alone") {
  const source_data source = source_of(1000);
  const split parts =
      make_split(source, {.validation_fraction = 0.1, .test_fraction = 0.2, .seed = 7});
  CHECK(parts.test.size() == 200);
  CHECK(parts.validation.size() == 80);
  CHECK(parts.train.size() == 720);
  std::set<std::uint32_t> all(parts.train.begin(), parts.train.end());
  all.insert(parts.test.begin(), parts.test.end());
  all.insert(parts.validation.begin(), parts.validation.end());
  CHECK(all.size() == 1000);
  CHECK(make_split(source, {.validation_fraction = 0.1, .test_fraction = 0.2, .seed = 7})
            .validation == parts.validation);
  CHECK(make_split(source, {.validation_fraction = 0.1, .test_fraction = 0.2, .seed = 8})
            .validation != parts.validation);
  CHECK(make_split(source, {.validation_fraction = 0, .test_fraction = 0.2, .seed = 7}).test ==
        parts.test);
  CHECK(refusal<user_error>([&] {
          make_split(source_of(1), {.validation_fraction = 0.9, .test_fraction = 0, .seed = 1});
        }) != "");
}

TEST_CASE(
    "standardisation: mean 0 and deviation 1 over the part it was measured on; survives its JSON") {
  random_stream random(1, purpose::check);
  dataset data;
  data.shape = {2, 3};
  for (int i = 0; i < 6 * 500; ++i)
    data.x.push_back(static_cast<float>(3 + 2 * random.normal() + i % 6));
  std::vector<std::uint32_t> half(250);
  std::iota(half.begin(), half.end(), 0U);
  const int shape[] = {2, 3};
  for (const auto kind : {standardization::pixel, standardization::channel}) {
    const statistics s = measure(data, half, kind, shape);
    CHECK(s.mean.size() == (kind == standardization::pixel ? 6 : 2));
    dataset changed = data;
    const statistics again = statistics::from_json(s.json());
    CHECK(again.mean == s.mean);
    again.apply(changed.x, 6);
    const statistics after = measure(changed, half, kind, shape);
    for (std::size_t i = 0; i < after.mean.size(); ++i) {
      CHECK(std::abs(after.mean[i]) < 1e-6);
      CHECK(after.deviation[i] == doctest::Approx(1).epsilon(1e-6));
    }
  }
  CHECK(refusal<user_error>([] { statistics::from_json("{}"); }) != "");
  CHECK(refusal<user_error>(
            [] { statistics::from_json(R"({"kind":"pixel","mean":[1],"deviation":[]})"); }) != "");
}

TEST_CASE("permutations: each index once, every place equally likely") {
  std::vector<int> first(10);
  for (std::uint64_t epoch = 0; epoch < 10'000; ++epoch) {
    auto order = permutation(10, random_stream(42, purpose::epoch, epoch));
    ++first[order[0]];
    std::ranges::sort(order);
    for (std::uint32_t i = 0; i < 10; ++i) REQUIRE(order[i] == i);
  }
  for (const int n : first) CHECK(std::abs(n - 1000) < 150);  // five standard deviations of 30
  CHECK(permutation(0, random_stream(1, purpose::epoch)).empty());
}

TEST_CASE("normals: mean 0, variance 1, a third moment of 0 and a fourth of 3") {
  random_stream random(3, purpose::check);
  double moments[5] = {};
  constexpr int n = 1'000'000;
  for (int i = 0; i < n; ++i) {
    const double x = random.normal();
    double power = 1;
    for (double& m : moments) m += power / n, power *= x;
  }
  CHECK(std::abs(moments[1]) < 0.005);
  CHECK(moments[2] == doctest::Approx(1).epsilon(0.01));
  CHECK(std::abs(moments[3]) < 0.02);
  CHECK(moments[4] == doctest::Approx(3).epsilon(0.02));
}

}  // namespace
