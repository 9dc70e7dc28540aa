// A training that is killed, at any system call and at any moment, goes on to the bits it would
// have had.
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/durability/child.hpp"
#include "tests/runtime/small_data.hpp"

namespace {

using namespace tenon::test;
namespace fs = std::filesystem;

// `train` of a program, with one folder for its run.
class training {
 public:
  training(const char* name, std::vector<std::string> flags)
      : folder_(fs::current_path() / name), flags_(std::move(flags)) {
    fs::remove_all(folder_);
  }

  const fs::path& folder() const { return folder_; }

  // Begins, or goes on where there is something to go on with, as a user would.
  std::vector<std::string> words(unsigned threads) const {
    std::vector<std::string> w{TENON_DURABLE, "train", "--json", "--threads",
                               std::to_string(threads)};
    if (fs::exists(folder_ / "state")) {
      w.insert(w.end(), {"--resume", folder_.string()});
    } else {
      w.insert(w.end(), flags_.begin(), flags_.end());
      w.insert(w.end(), {"--overwrite", "--output", folder_.string()});
    }
    return w;
  }
  int run(unsigned threads = 1, const std::vector<std::string>& environment = {}) const {
    return child(words(threads), environment, output_).wait();
  }
  // Of all weights, as the last run told.
  std::string hash() const {
    std::istringstream lines(content(output_));
    std::string line, last;
    while (std::getline(lines, line)) last = line;
    return nlohmann::json::parse(last).at("hash").get<std::string>();
  }
  std::string errors() const { return content(output_ + ".err"); }
  std::string output() const { return output_; }

  void check_clean() const {
    for (const auto& entry : fs::directory_iterator(folder_)) {
      CHECK_MESSAGE(entry.path().extension() != ".tmp", entry.path().string());
      CHECK(entry.path().filename() != ".lock");
    }
  }

 private:
  fs::path folder_;
  std::vector<std::string> flags_;
  std::string output_ = "training.txt";
};

TEST_CASE(
    "killed at any system call, or with a disk that fails there, it goes on to the same bits") {
  const std::vector<std::string> flags{
      "--data", small_data(), "--epochs",           "2", "--val-fraction", "0.2",
      "--opt",  "adam",       "--checkpoint-every", "2"};
  const training whole("calls_whole", flags);
  REQUIRE_MESSAGE(whole.run() == 0, whole.errors());
  const std::string hash = whole.hash();
  // Each call of each writer has its turn in files_test.cpp; here every fifth, others per fault.
  int first = 0;
  for (const char* fault : {"kill", "ENOSPC", "EIO"}) {
    int n = ++first;
    for (bool reached = true; reached && n < 2000; n += 5) {
      CAPTURE(std::string(fault));
      CAPTURE(n);
      const training t("calls", flags);
      fs::remove("reached");
      const std::vector<std::string> fast{std::string("LD_PRELOAD=") + TENON_FAULTS,
                                          "TENON_FAULT_FOLDER=" + t.folder().string()};
      auto broken = fast;
      broken.insert(broken.end(),
                    {std::string("TENON_FAULT=") + fault, "TENON_FAULT_AT=" + std::to_string(n),
                     "TENON_FAULT_ALWAYS=1", "TENON_FAULT_MARK=reached"});
      const int code = t.run(2, broken);
      reached = fs::exists("reached");
      if (!reached) {
        CHECK(code == 0);
      } else if (std::string_view(fault) == "kill") {
        CHECK(code == killed);
      } else if (code != 0) {  // 0: only the removal of the lock failed
        CHECK(code == 2);
        CHECK_MESSAGE(t.errors().find("tenon: error: ") == 0, t.errors());
        const bool full = std::string_view(fault) == "ENOSPC";
        CHECK_MESSAGE(
            t.errors().find(full ? "No space left" : "put/output error") != std::string::npos,
            t.errors());
      }
      CHECK_MESSAGE(t.run(1, fast) == 0, t.errors());
      CHECK(t.hash() == hash);
      t.check_clean();
    }
    CHECK(n > 50);
    CHECK(n < 2000);
  }
}

TEST_CASE("a folder that cannot be written to is refused in words") {
  const training t("read_only", {"--data", small_data(), "--epochs", "1"});
  CHECK(t.run(1, {std::string("LD_PRELOAD=") + TENON_FAULTS,
                  "TENON_FAULT_FOLDER=" + t.folder().string(), "TENON_FAULT=EROFS",
                  "TENON_FAULT_AT=1", "TENON_FAULT_ALWAYS=1", "TENON_FAULT_MARK=reached"}) == 2);
  const std::string said = t.errors();
  CHECK_MESSAGE(said.find("cannot be written to: Read-only file system; choose another --output") !=
                    std::string::npos,
                said);
}

unsigned seed() {
  const char* given = std::getenv("TENON_SEED");
  return given ? static_cast<unsigned>(std::atol(given)) : std::random_device()();
}

TEST_CASE(
    "killed at twenty random moments, it goes on to the same bits, with any number of threads") {
  const std::vector<std::string> flags{"--data", "mnist1d", "--epochs",           "20",
                                       "--opt",  "adam",    "--checkpoint-every", "29"};
  const training whole("moments_whole", flags), t("moments", flags);
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE_MESSAGE(whole.run() == 0, whole.errors());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const unsigned s = seed();
  MESSAGE("TENON_SEED=" << s);  // repeats the moments, as far as the machine does
  std::mt19937_64 random(s);
  constexpr unsigned threads[] = {1, 2, 3, 8};
  int kills = 0, ended = 0;
  for (unsigned i = 0; kills < 20 && i < 400; ++i) {
    child process(t.words(threads[i % 4]), {}, t.output());
    std::uniform_real_distribution<double> moment(0, took.count() / 4);
    std::this_thread::sleep_for(std::chrono::duration<double>(moment(random)));
    process.signal(SIGKILL);
    const int code = process.wait();
    CHECK_MESSAGE((code == killed || code == 0), t.errors());
    kills += code == killed;
    if (code == 0) {
      CHECK(t.hash() == whole.hash());
      ++ended;
      fs::remove_all(t.folder());
    }
  }
  CHECK(kills == 20);
  for (const unsigned n : threads) {
    CAPTURE(n);
    REQUIRE_MESSAGE(t.run(n) == 0, t.errors());
    CHECK(t.hash() == whole.hash());
    t.check_clean();
  }
  MESSAGE(kills << " kills, " << ended << " runs ended between them");
}

TEST_CASE("Ctrl-C saves and says how to go on; SIGTERM too") {
  const std::vector<std::string> flags{"--data", "mnist1d", "--epochs", "20"};
  const training whole("signal_whole", flags);
  REQUIRE(whole.run() == 0);
  for (const int number : {SIGINT, SIGTERM}) {
    const training t("signal", flags);
    {
      child process(t.words(2), {}, t.output());
      while (!fs::exists(t.folder() / "last.safetensors"))
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      process.signal(number);
      CHECK(process.wait() == 128 + number);
    }
    CHECK_MESSAGE(t.errors().find("go on with: ") != std::string::npos, t.errors());
    CHECK_MESSAGE(t.run(3) == 0, t.errors());
    CHECK(t.hash() == whole.hash());
  }
}

TEST_CASE("a step that spoils the weights is named with its layer") {
  const training t("wild", {"--data", small_data(), "--epochs", "3", "--lr", "1e25"});
  CHECK(t.run() == 1);
  const std::string said = t.errors();
  CHECK_MESSAGE(said.find("training diverged at step ") != std::string::npos, said);
  const auto names = [&](const char* layer) {
    return said.find(std::string("layer ") + layer) != std::string::npos;
  };
  CHECK_MESSAGE((names("conv1d_1") || names("batch_norm_1") || names("linear_1")), said);
}

}  // namespace
