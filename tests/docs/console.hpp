// Commands in a document are run, and say what the document says they say.
#pragma once
#include <string>
#include <vector>

namespace docs {

struct reply {
  std::vector<std::string> lines;
  int status = 0;
};

// Runs a command as `sh -c` does, in `folder`, on a terminal of 100 columns; the lines are what stays
// on it. Where the command goes, `folder` goes too.
reply run(const std::string& command, std::string& folder);

// Whether a command said what is expected. A line "…" stands for any lines, a "…" within a line for
// any characters.
bool agrees(const std::vector<std::string>& expected, const std::vector<std::string>& said);

// "$ command" lines with what each says below it; a command goes on after a backslash.
struct exchange {
  std::string command;
  std::vector<std::string> shown;  // the lines of the command itself
  std::vector<std::string> expected;
};
std::vector<exchange> exchanges(const std::vector<std::string>& lines);

}  // namespace docs
