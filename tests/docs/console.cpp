#include "console.hpp"

#include <sys/wait.h>

#include <cstdio>
#include <stdexcept>

namespace docs {
namespace {

constexpr const char* any = "…";

// Of a line that a terminal would have overwritten, what stays.
std::string last_of(const std::string& line) {
  const std::string text = line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
  return text.substr(text.rfind('\r') + 1);
}

bool line_agrees(const std::string& expected, const std::string& said) {
  const std::string hole = any;
  std::size_t from = 0, at = 0;
  bool first = true;
  while (true) {
    const std::size_t end = expected.find(hole, from);
    const std::string piece = expected.substr(from, end - from);
    const std::size_t found =
        end == std::string::npos && !first
            ? said.size() < piece.size() + at ? std::string::npos : said.size() - piece.size()
            : said.find(piece, at);
    if (found == std::string::npos || (first && found != 0)) return false;
    if (said.compare(found, piece.size(), piece) != 0) return false;
    at = found + piece.size();
    if (end == std::string::npos) return at == said.size();
    from = end + hole.size();
    first = false;
  }
}

bool agrees_from(const std::vector<std::string>& expected, std::size_t e,
                 const std::vector<std::string>& said, std::size_t s) {
  if (e == expected.size()) return s == said.size();
  if (expected[e] == any) {
    for (std::size_t next = s; next <= said.size(); ++next) {
      if (agrees_from(expected, e + 1, said, next)) return true;
    }
    return false;
  }
  return s < said.size() && line_agrees(expected[e], said[s]) &&
         agrees_from(expected, e + 1, said, s + 1);
}

}  // namespace

reply run(const std::string& command, std::string& folder) {
  const std::string line =
      "cd '" + folder + "' && { " + command + "\n} 2>&1; status=$?; echo; pwd; exit $status";
  const auto close = [](FILE* f) { return f == nullptr ? -1 : pclose(f); };
  FILE* const pipe = popen(line.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("no shell to run: " + command);
  reply r;
  std::string text;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    if (c != '\n') {
      text += static_cast<char>(c);
      continue;
    }
    r.lines.push_back(last_of(text));
    text.clear();
  }
  if (r.lines.empty()) throw std::runtime_error(folder + ": no such folder for: " + command);
  folder = r.lines.back();
  r.lines.pop_back();
  if (r.lines.back().empty()) r.lines.pop_back();
  const int status = close(pipe);
  r.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return r;
}

bool agrees(const std::vector<std::string>& expected, const std::vector<std::string>& said) {
  return agrees_from(expected, 0, said, 0);
}

std::vector<exchange> exchanges(const std::vector<std::string>& lines) {
  std::vector<exchange> all;
  bool goes_on = false;
  for (const std::string& line : lines) {
    if (goes_on) {
      all.back().command += "\n" + line;
      all.back().shown.push_back(line);
    } else if (line.starts_with("$ ")) {
      const std::string command = line.substr(2);
      all.push_back({command, {line}, {}});
    } else if (all.empty()) {
      throw std::runtime_error("a console block begins with a line `$ command`, not: " + line);
    } else {
      all.back().expected.push_back(line);
      continue;
    }
    goes_on = line.ends_with('\\');
  }
  return all;
}

}  // namespace docs
