// What a person sees while a network trains.
#include "runtime/app/progress.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <sstream>
#include <string>
#include <thread>

namespace {

using namespace tenon::runtime;

// 40 steps of an epoch in about 0.4 s, from batch `first` on.
std::string shown(bool moving, std::size_t first = 1) {
  std::ostringstream out;
  progress p(out, 3, moving);
  for (std::size_t b = first; b < first + 40; ++b) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    p.batch({.epoch = 2, .batch = b, .batches = 100, .loss = 0.5});
  }
  epoch_report e{.epoch = 2, .train = {}, .validation = {}, .learning_rate = 0.01, .seconds = 1.25};
  e.train.loss = 0.25;
  e.train.top1 = 0.75;
  p.epoch(e);
  return out.str();
}

TEST_CASE("without a terminal: one plain line per epoch") {
  CHECK(shown(false) == "Epoch 2/3 1.25 s  loss 0.2500  top1 0.7500  lr 0.01\n");
}

TEST_CASE("on a terminal: a line that moves, ten times a second at most, and goes") {
  const auto begin = std::chrono::steady_clock::now();
  const std::string text = shown(true);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const auto drawn = std::count(text.begin(), text.end(), '\r') - 1;  // the last one clears
  CHECK(drawn >= 1);
  CHECK(static_cast<double>(drawn) <= took.count() / 0.1 + 1);
  CHECK(text.find("ms/step") != std::string::npos);
  CHECK(text.find("ETA 0:") != std::string::npos);
  CHECK(text.ends_with("\r\x1b[2KEpoch 2/3 1.25 s  loss 0.2500  top1 0.7500  lr 0.01\n"));
}

TEST_CASE("NO_COLOR takes the colours, nothing else") {
  CHECK(shown(true).find("\x1b[32m") != std::string::npos);
  setenv("NO_COLOR", "1", 1);
  const std::string plain = shown(true);
  setenv("NO_COLOR", "", 1);  // empty counts as unset, no-color.org
  CHECK(plain.find("\x1b[32m") == std::string::npos);
  CHECK(plain.find("ETA") != std::string::npos);
  CHECK(shown(true).find("\x1b[32m") != std::string::npos);
  unsetenv("NO_COLOR");
}

// 10 ms a step, however many of the epoch's steps another process has done.
TEST_CASE("an epoch that goes on in the middle has the time of its own steps") {
  const std::string text = shown(true, 51);
  const std::size_t at = text.rfind(" ms/step");
  const double step = std::stod(text.substr(text.rfind(' ', at - 1), at));
  CHECK(step >= 9);
}

}  // namespace
