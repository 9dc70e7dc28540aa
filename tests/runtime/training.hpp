// Trainings in this process that a signal stops at a step of the test's choice.
#pragma once
#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "tests/runtime/run_command.hpp"

namespace tenon::test {

// The classifier of linear_network.hpp, trained: the arguments of `train`.
outcome train(std::vector<std::string> arguments);

// The same, but the signal comes within step `at`, counted from 1.
outcome stopped_at(int at, std::vector<std::string> arguments, int signal = SIGINT);

std::string file(const std::filesystem::path& path);  // its content

inline bool says(const outcome& o, const std::string& part) {
  return o.err.find(part) != std::string::npos;
}

// A refusal: exit code 2, one line that holds `part`.
inline void check_refused(const outcome& o, const std::string& part) {
  CHECK(o.code == 2);
  CHECK_MESSAGE(o.err.starts_with("tenon: error: "), o.err);
  CHECK(std::count(o.err.begin(), o.err.end(), '\n') == 1);
  CHECK_MESSAGE(says(o, part), o.err);
}

}  // namespace tenon::test
