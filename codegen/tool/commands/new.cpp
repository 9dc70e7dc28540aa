#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <string_view>

#include "codegen/tool/commands/commands.hpp"
#include "codegen/tool/failure.hpp"
#include "codegen/tool/scaffold.hpp"

namespace tenon::tool {
namespace {

struct new_arguments {
  std::string folder, name;
};

// A word for a shell.
std::string as_typed(const std::string& word) {
  const auto is_plain = [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("_./-+").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (std::ranges::all_of(word, is_plain)) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

int run_new(const new_arguments& given) {
  const std::string name = project_name(given.name, given.folder);
  const installation place = find_installation();
  const std::vector<std::string> files =
      write_project(place.templates / "project", given.folder, name);
  fmt::print(
      "{}: {}\nnext: cd {} && cmake -B build && cmake --build build && ctest --test-dir build\n",
      given.folder, fmt::join(files, ", "), as_typed(given.folder));
  return done;
}

}  // namespace

void add_new(CLI::App& app, int& status) {
  const auto given = std::make_shared<new_arguments>();
  CLI::App& command = add_command(
      app, status, "new", "a project of one's own: network, CMakeLists.txt, application, tests",
      given, run_new);
  command.add_option("folder", given->folder, "where; it must be empty or not exist")->required();
  command.add_option("--name", given->name, "the network's name [the folder's]");
  command.footer("Example: tenon new hello");
}

}  // namespace tenon::tool
