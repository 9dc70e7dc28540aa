// The parts of a document that can be wrong: its fenced blocks, each with the comment before it.
#pragma once
#include <string>
#include <vector>

namespace docs {

// <!-- region examples/main.cpp open -->
// ```cpp
// …
// ```
struct block {
  std::string language;           // "cpp", "console", …
  std::vector<std::string> mark;  // the words of the comment; empty without one
  std::vector<std::string> lines;
  std::size_t line = 0;             // of the opening fence, from 1
  std::size_t first = 0, last = 0;  // the lines inside: [first, last) of the document, from 0
};

struct document {
  std::string path;
  std::vector<std::string> lines;
  std::vector<block> blocks;
};

// Throws std::runtime_error where the file cannot be read, or a fence is not closed.
document read(const std::string& path);
std::vector<std::string> read_lines(const std::string& path);
void write_lines(const std::string& path, const std::vector<std::string>& lines);

// Puts other lines into the blocks, from the last to the first.
void replace(document& d, const std::vector<std::vector<std::string>>& inside);

}  // namespace docs
