// Starts programs: no shell between, so no quoting.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace tenon::tool {

struct outcome {
  int status;          // exit status; 128 + signal; 127 where the program was not found
  std::string output;  // standard output and standard error, in the order in which they came

  bool ok() const { return status == 0; }
};

// Runs words[0], looked up in PATH, in `folder`. Throws std::system_error where the system itself
// fails.
outcome run(const std::vector<std::string>& words, const std::filesystem::path& folder = ".");

// Runs task(0) … task(count - 1) on as many threads as there are cores. The first exception is
// thrown again when all are done.
void in_parallel(std::size_t count, const std::function<void(std::size_t)>& task);

}  // namespace tenon::tool
