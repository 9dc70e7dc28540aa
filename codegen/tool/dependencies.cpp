#include "codegen/tool/dependencies.hpp"

#include <fmt/format.h>

#include <sstream>

#include "codegen/tool/hash.hpp"

namespace tenon::tool {

std::vector<std::string> read_rule(std::string_view text) {
  std::vector<std::string> files;
  std::string word;
  const auto finish = [&] {
    if (!word.empty()) files.push_back(word);
    word.clear();
  };
  const std::size_t colon = text.find(": ");
  for (std::size_t i = colon == text.npos ? text.size() : colon + 1; i < text.size(); ++i) {
    const char c = text[i], next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (c == '\\' && next == '\n') {  // the rule goes on in the next line
      finish();
      ++i;
    } else if ((c == '\\' && (next == ' ' || next == '#')) || (c == '$' && next == '$')) {
      word += next;
      ++i;
    } else if (c == ' ' || c == '\n') {
      finish();
    } else {
      word += c;
    }
  }
  finish();
  return files;
}

std::string fingerprint(const std::vector<std::string>& files) {
  std::string text;
  for (const std::string& file : files) text += fmt::format("{} {}\n", hash_of_file(file), file);
  return text;
}

bool still_true(std::string_view fingerprint) {
  std::istringstream lines{std::string(fingerprint)};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t blank = line.find(' ');
    if (blank == line.npos) return false;
    const std::filesystem::path file = line.substr(blank + 1);
    if (!std::filesystem::exists(file) || hash_of_file(file) != line.substr(0, blank)) return false;
  }
  return true;
}

}  // namespace tenon::tool
