// Programs that a test starts, kills and waits for.
#pragma once
#include <sys/types.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

namespace tenon::test {

class child {
 public:
  // words[0] is a path. environment: NAME=value, added to this process's. Standard output and error
  // go to the files `output` and `output`.err.
  child(const std::vector<std::string>& words, const std::vector<std::string>& environment,
        const std::string& output);
  ~child();  // kills
  child(const child&) = delete;
  child& operator=(const child&) = delete;

  void signal(int number) const;
  int wait();  // exit code, or 128 + the signal that ended it

 private:
  pid_t number_ = 0;
};

inline constexpr int killed = 128 + SIGKILL;  // what wait() then says

// Of a file; empty where there is none.
std::string content(const std::filesystem::path& path);

}  // namespace tenon::test
