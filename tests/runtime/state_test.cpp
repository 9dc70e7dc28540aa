// The file `state`: nothing is lost between writing and reading it, and no damage goes unnoticed.
#include "runtime/train/state.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <random>
#include <span>

#include "runtime/io/error.hpp"
#include "runtime/io/file.hpp"
#include "runtime/train/initialize.hpp"
#include "tests/runtime/linear_network.hpp"

namespace {

using namespace tenon::test;
using namespace tenon::runtime;

struct sample_run {
  std::vector<float> image, optimizer, best;
  run_record record;
};

// Every field with a value of its own.
sample_run sample() {
  const tenon::network_info& info = *classifier().info;
  sample_run s;
  s.image.resize(info.image_floats);
  s.best.resize(info.image_floats);
  std::vector<float> slot(info.image_floats);
  initialize(info, s.image, 1);
  initialize(info, s.best, 2);
  for (const std::uint64_t seed : {3U, 4U}) {
    initialize(info, slot, seed);
    s.optimizer.insert(s.optimizer.end(), slot.begin(), slot.end());
  }
  s.record.arguments = R"({"lr": 0.1, "text": "\"xxh3\":\"quoted\""})";
  s.record.about.data = "feed";
  s.record.about.seed = 99;
  s.record.at = {.epoch = 3,
                 .batch = 5,
                 .step = 205,
                 .sums = {.samples = 160, .loss = 0.1 + 0.2, .hits1 = 7, .hits5 = 31},
                 .seconds = 1.5};
  s.record.epochs = {{.epoch = 1, .values = {{"loss", 1.0 / 3}, {"val_loss", std::nan("")}}},
                     {.epoch = 2, .values = {{"loss", std::numeric_limits<double>::infinity()}}}};
  s.record.best_epoch = 2;
  s.record.best_score = -std::numeric_limits<double>::infinity();
  return s;
}

void save(const sample_run& s, const std::filesystem::path& path = "state") {
  save_state(path, *classifier().info, s.record,
             {.image = s.image, .optimizer = s.optimizer, .best = s.best});
}

saved_state load(const std::filesystem::path& path = "state") {
  return load_state(path, *classifier().info);
}

TEST_CASE("state: what is read is what was written, to the last bit") {
  const sample_run s = sample();
  save(s);
  const saved_state read = load();
  CHECK(read.image == s.image);
  REQUIRE(read.optimizer.size() == 2);
  CHECK(std::equal(s.optimizer.begin(), s.optimizer.begin() + 496, read.optimizer[0].begin()));
  CHECK(std::equal(s.optimizer.begin() + 496, s.optimizer.end(), read.optimizer[1].begin()));
  CHECK(read.best == s.best);
  CHECK(read.record.arguments == s.record.arguments);
  CHECK(read.record.about.data == "feed");
  CHECK(read.record.about.seed == 99);
  CHECK(read.record.at.epoch == 3);
  CHECK(read.record.at.batch == 5);
  CHECK(read.record.at.step == 205);
  CHECK(read.record.at.sums.samples == 160);
  CHECK(read.record.at.sums.loss == 0.1 + 0.2);
  CHECK(read.record.at.sums.hits1 == 7);
  CHECK(read.record.at.sums.hits5 == 31);
  CHECK(read.record.at.seconds == 1.5);
  REQUIRE(read.record.epochs.size() == 2);
  CHECK(read.record.epochs[0].values[0].first == "loss");
  CHECK(read.record.epochs[0].values[0].second == 1.0 / 3);
  CHECK(std::isnan(read.record.epochs[0].values[1].second));
  CHECK(std::isinf(read.record.epochs[1].values[0].second));
  CHECK(read.record.best_epoch == 2);
  CHECK(read.record.best_score == -std::numeric_limits<double>::infinity());
}

TEST_CASE("state: the same run gives the same bytes; what was never used is not kept") {
  sample_run s = sample();
  save(s, "one");
  save(s, "two");
  CHECK(read_file("one") == read_file("two"));
  std::fill(s.optimizer.begin() + 496, s.optimizer.end(), 0.0F);
  s.best.clear();
  save(s, "three");
  CHECK(load("three").optimizer.size() == 1);
  CHECK(load("three").best.empty());
  s.optimizer.back() = -0.0F;  // of padding: not kept
  s.optimizer[496] = -0.0F;
  save(s, "three");
  CHECK(std::signbit(load("three").optimizer.at(1).at(0)));
}

TEST_CASE("state: of another network it is refused by name, and so is a missing one") {
  save(sample());
  CHECK_THROWS_WITH_AS(load_state("state", *regressor().info),
                       doctest::Contains("is of network byhand"), user_error);
  CHECK_THROWS_WITH_AS(load("nowhere"), doctest::Contains("nowhere: no such file"), user_error);
}

// Removed first: file systems write out at once what replaces another file, and this is done often.
void put(const char* path, std::span<const std::byte> content) {
  std::filesystem::remove(path);
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(content.data()),
             static_cast<std::streamsize>(content.size()));
}

// Whether load() refuses this content as damaged. Anything else it throws fails the test.
bool refused(const bytes& content) {
  put("damaged", content);
  try {
    load("damaged");
    return false;
  } catch (const state_error& e) {
    return std::string_view(e.what()).starts_with("damaged: the checkpoint is damaged: ");
  }
}

std::size_t header_size(const bytes& content) {
  std::uint64_t length = 0;
  std::memcpy(&length, content.data(), sizeof length);
  return sizeof length + length;
}

TEST_CASE("state: cut off anywhere, it is damaged") {
  save(sample());
  const bytes whole = read_file("state");
  REQUIRE_FALSE(refused(whole));
  const auto cut = [&](std::size_t size) {
    return bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
  };
  std::size_t kept = 0;
  for (std::size_t size = 0; size <= header_size(whole); ++size) kept += !refused(cut(size));
  std::mt19937_64 random(1);
  for (int i = 0; i < 1000; ++i) kept += !refused(cut(random() % whole.size()));
  CHECK(kept == 0);
  bytes longer = whole;
  longer.push_back(std::byte{});
  CHECK(refused(longer));
}

TEST_CASE("state: with any bit turned over, it is damaged") {
  save(sample());
  bytes content = read_file("state");
  std::size_t missed = 0;
  const auto turn = [&](std::size_t bit) {
    content[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    missed += !refused(content);
    content[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
  };
  for (std::size_t bit = 0; bit < 8 * header_size(content); ++bit) turn(bit);
  std::mt19937_64 random(2);
  for (int i = 0; i < 10'000; ++i) turn(random() % (8 * content.size()));
  CHECK(missed == 0);
}

// Weights: their header is checked by its own rules, their numbers by the hash in it.
TEST_CASE("weights: a damaged file is refused, or it says the same") {
  const sample_run s = sample();
  const tenon::network_info& info = *classifier().info;
  save_weights("w.safetensors", info, s.image, {});
  bytes content = read_file("w.safetensors");
  std::vector<float> image(s.image.size());
  std::size_t harmless = 0, missed = 0;
  const auto turn = [&](std::size_t bit) {
    content[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    put("w2.safetensors", content);
    content[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    try {
      load_weights("w2.safetensors", info, image);
      image == s.image ? ++harmless : ++missed;
    } catch (const user_error&) {
    }
  };
  const std::size_t header = header_size(content);
  for (std::size_t bit = 0; bit < 8 * content.size(); bit += bit < 8 * header ? 1 : 13) turn(bit);
  CHECK(missed == 0);
  CHECK(harmless < 8 * header / 4);  // in values of the metadata, which load_weights leaves alone
  for (std::size_t size = 0; size < content.size(); size += size < header ? 1 : 7) {
    put("w2.safetensors", std::span<const std::byte>(content).first(size));
    CHECK_THROWS_AS(load_weights("w2.safetensors", info, image), user_error);
  }
}

}  // namespace
