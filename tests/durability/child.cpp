#include "tests/durability/child.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <sstream>
#include <system_error>

namespace tenon::test {
namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> p;
  for (std::string& word : words) p.push_back(word.data());
  p.push_back(nullptr);
  return p;
}

}  // namespace

child::child(const std::vector<std::string>& words, const std::vector<std::string>& environment,
             const std::string& output) {
  std::vector<std::string> arguments = words, variables = environment;
  for (char** inherited = environ; *inherited != nullptr; ++inherited)
    variables.emplace_back(*inherited);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  constexpr int create = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output.c_str(), create, 0644);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, (output + ".err").c_str(), create, 0644);
  const int failed = posix_spawn(&number_, words[0].c_str(), &files, nullptr,
                                 pointers(arguments).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) throw std::system_error(failed, std::generic_category(), words[0]);
}

child::~child() {
  if (number_ == 0) return;
  signal(SIGKILL);
  wait();
}

void child::signal(int number) const { ::kill(number_, number); }

int child::wait() {
  int status = 0;
  while (waitpid(number_, &status, 0) < 0 && errno == EINTR) {
  }
  number_ = 0;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::string content(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace tenon::test
