// Runs a command of the specialised executable inside the test.
#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "runtime/app/command_line.hpp"

namespace tenon::test {

struct outcome {
  int code;
  std::string out, err;

  // Standard output as JSON, an object per line; anything else there throws.
  std::vector<nlohmann::json> lines() const {
    std::vector<nlohmann::json> parsed;
    std::istringstream text(out);
    for (std::string line; std::getline(text, line);) parsed.push_back(nlohmann::json::parse(line));
    return parsed;
  }
};

inline outcome run(const network_entry& network, const std::vector<std::string>& arguments) {
  std::vector<const char*> argv{"exe"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  std::ostringstream out, err;
  const int code = runtime::run(static_cast<int>(argv.size()), argv.data(),
                                {.network = network, .out = out, .err = err, .terminal = false});
  return {code, out.str(), err.str()};
}

// An empty folder below where the test runs.
inline std::filesystem::path fresh(const std::string& name) {
  std::filesystem::path path = std::filesystem::current_path() / name;
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path;
}

}  // namespace tenon::test
