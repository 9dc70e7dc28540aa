#include "console.hpp"

#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace docs {
namespace {

constexpr const char* any = "…";

// Without colours, clearing and links: ESC [ … letter, and ESC ] … ended by BEL or ESC \.
std::string without_escapes(const std::string& line) {
  constexpr char escape = '\x1b', bell = '\a';
  std::string plain;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != escape || i + 1 == line.size()) {
      plain += line[i];
    } else if (line[++i] == '[') {
      while (i + 1 < line.size() && (line[++i] < '@' || line[i] > '~')) {
      }
    } else if (line[i] == ']') {
      while (i + 1 < line.size() && line[++i] != bell && line[i] != escape) {
      }
      i += line[i] == escape;
    }
  }
  return plain;
}

// What stays on a terminal of a line that was overwritten again and again.
std::string last_of(const std::string& line) {
  const std::string text = line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
  return without_escapes(text.substr(text.rfind('\r') + 1));
}

// A command on a terminal of its own, as a reader of the documents has it: progress lines move,
// `ls` writes columns.
class terminal {
 public:
  explicit terminal(const std::string& command) {
    const winsize size{.ws_row = 50, .ws_col = 100, .ws_xpixel = 0, .ws_ypixel = 0};
    child_ = forkpty(&screen_, nullptr, nullptr, &size);
    if (child_ < 0) throw std::runtime_error("no terminal to run: " + command);
    if (child_ == 0) {
      termios settings;
      tcgetattr(STDOUT_FILENO, &settings);
      settings.c_oflag |= XTABS;  // as spaces
      tcsetattr(STDOUT_FILENO, TCSANOW, &settings);
      execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
      _exit(127);
    }
  }
  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;
  ~terminal() { close(screen_); }

  // All that it writes; a terminal ends with an error once nobody writes to it any more.
  std::string text() const {
    std::string all;
    std::array<char, 4096> some;
    while (true) {
      const ssize_t n = read(screen_, some.data(), some.size());
      if (n > 0)
        all.append(some.data(), static_cast<std::size_t>(n));
      else if (n == 0 || errno != EINTR)
        return all;
    }
  }
  int status() const {
    int status = 0;
    while (waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  int screen_ = -1;
  pid_t child_ = -1;
};

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
  const terminal t(line);
  reply r;
  const std::string text = t.text();
  for (std::size_t from = 0, end; (end = text.find('\n', from)) != std::string::npos;
       from = end + 1)
    r.lines.push_back(last_of(text.substr(from, end - from)));
  if (r.lines.empty()) throw std::runtime_error(folder + ": no such folder for: " + command);
  folder = r.lines.back();
  r.lines.pop_back();
  if (r.lines.back().empty()) r.lines.pop_back();
  r.status = t.status();
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
