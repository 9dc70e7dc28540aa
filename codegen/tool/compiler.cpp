#include "codegen/tool/compiler.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <sstream>

#include "codegen/tool/failure.hpp"
#include "codegen/tool/process.hpp"

namespace tenon::tool {
namespace {

constexpr int oldest_gcc = 12,
              oldest_clang = 18;  // earlier Clang lacks floating-point template arguments

std::vector<std::string> split(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

int macro(const std::string& macros, std::string_view name) {
  const std::string line = fmt::format("#define {} ", name);
  const std::size_t found = macros.find(line);
  return found == macros.npos ? 0 : std::atoi(macros.c_str() + found + line.size());
}

std::optional<compiler> probe(const std::vector<std::string>& words,
                              const std::vector<std::string>& isa) {
  std::vector<std::string> command = words;
  command.insert(command.end(), isa.begin(), isa.end());
  for (const char* word : {"-std=c++20", "-dM", "-E", "-x", "c++", "/dev/null"})
    command.emplace_back(word);
  outcome result = run(command);
  if (!result.ok()) return std::nullopt;
  compiler found{.words = words,
                 .is_clang = macro(result.output, "__clang__") != 0,
                 .version = {},
                 .macros = {}};
  const char* const kind = found.is_clang ? "__clang" : "__GNUC";
  const auto part = [&](const char* clang, const char* gnu) {
    return macro(result.output, fmt::format("{}{}", kind, found.is_clang ? clang : gnu));
  };
  const int major = part("_major__", "__");
  found.version = fmt::format("{} {}.{}.{}", found.is_clang ? "Clang" : "GCC", major,
                              part("_minor__", "_MINOR__"), part("_patchlevel__", "_PATCHLEVEL__"));
  found.macros = std::move(result.output);
  if (major < (found.is_clang ? oldest_clang : oldest_gcc)) {
    throw failure(fmt::format("{} is {}; Tenon needs GCC {} or Clang {}, or a newer one: set CXX",
                              fmt::join(words, " "), found.version, oldest_gcc, oldest_clang));
  }
  return found;
}

}  // namespace

std::vector<std::string> tuning_options(const compiler& cxx) {
  const auto tunes = [](const std::string& word) { return word.starts_with("-mtune="); };
  const bool chosen = std::any_of(cxx.words.begin(), cxx.words.end(), tunes);
  if (cxx.is_clang || chosen || macro(cxx.macros, "__x86_64__") == 0) return {};
  return {"-mtune=icelake-server"};
}

compiler find_compiler(const installation& place, const std::vector<std::string>& isa_options) {
  if (const char* asked = std::getenv("CXX"); asked != nullptr && *asked != '\0') {
    if (auto found = probe(split(asked), isa_options)) return *found;
    throw failure(fmt::format(
        "CXX={} does not run as a C++20 compiler here; unset CXX, or name one that does", asked));
  }
  std::vector<std::string> candidates = place.compilers;
  for (const char* name : {"g++", "c++", "clang++-19", "clang++-18", "clang++"})
    candidates.emplace_back(name);
  for (const std::string& name : candidates) {
    if (auto found = probe({name}, isa_options)) return *found;
  }
  throw failure(fmt::format("found no C++20 compiler (tried {}); install g++, or set CXX",
                            fmt::join(candidates, ", ")));
}

}  // namespace tenon::tool
