#include "codegen/tool/scaffold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "codegen/tool/failure.hpp"
#include "codegen/tool/files.hpp"

namespace tenon::tool {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view sample_label = "6";  // of the sample in sample.txt

// Keywords that people may think of, and names that CMake keeps to itself.
constexpr std::array taken{
    "all",       "and",      "auto",     "bool",     "break",    "case",    "catch",   "char",
    "class",     "clean",    "concept",  "const",    "default",  "delete",  "do",      "double",
    "else",      "enum",     "explicit", "export",   "false",    "final",   "float",   "for",
    "friend",    "goto",     "help",     "if",       "inline",   "install", "int",     "long",
    "namespace", "new",      "not",      "operator", "or",       "package", "private", "protected",
    "public",    "requires", "return",   "short",    "signed",   "sizeof",  "static",  "std",
    "struct",    "switch",   "template", "tenon",    "test",     "this",    "throw",   "true",
    "try",       "typedef",  "typename", "union",    "unsigned", "using",   "virtual", "void",
    "while",     "xor",
};

bool is_identifier(std::string_view name) {
  const auto word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  return !name.empty() && std::isalpha(static_cast<unsigned char>(name[0])) != 0 &&
         std::ranges::all_of(name, word) && std::ranges::find(taken, name) == taken.end();
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

std::string file_name(const fs::path& file, const std::string& name) {
  std::string plain = file.filename().string();
  if (plain.ends_with(".in")) plain.resize(plain.size() - 3);
  if (plain == "network.hpp") return name + ".hpp";
  return plain == "gitignore" ? ".gitignore" : plain;
}

void require_room(const fs::path& folder) {
  if (!fs::exists(folder)) return;
  if (!fs::is_directory(folder) || !fs::is_empty(folder)) {
    throw failure(
        fmt::format("{}: there is something already; give a folder that is empty or does not exist",
                    folder.string()));
  }
}

}  // namespace

std::string project_name(std::string_view wanted, const fs::path& folder) {
  std::string name(wanted);
  if (name.empty()) {
    name = fs::absolute(folder / ".").lexically_normal().parent_path().filename().string();
    for (char& c : name) c = c == '-' || c == '.' || c == ' ' ? '_' : c;
  }
  if (is_identifier(name)) return name;
  throw failure(
      fmt::format("a network cannot be called '{}': give --name NAME, letters, digits and '_', "
                  "beginning with a letter, and no "
                  "word of C++ or CMake",
                  name));
}

std::string fill_in(std::string text, std::string_view name) {
  replace_all(text, "@NAME@", name);
  replace_all(text, "@LABEL@", sample_label);
  return text;
}

std::vector<std::string> write_project(const fs::path& templates, const fs::path& folder,
                                       const std::string& name) {
  require_room(folder);
  std::vector<std::string> written;
  for (const fs::directory_entry& file : fs::directory_iterator(templates)) {
    written.push_back(file_name(file.path(), name));
    write_file(folder / written.back(), fill_in(read_file(file.path()), name));
  }
  if (written.empty()) {
    throw failure(fmt::format("{}: holds no templates; install Tenon again", templates.string()),
                  {}, our_bug);
  }
  std::ranges::sort(written);
  return written;
}

}  // namespace tenon::tool
