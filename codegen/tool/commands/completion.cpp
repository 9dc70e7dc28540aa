// Completion scripts, made from the commands and options that the parser itself knows.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "codegen/tool/commands/commands.hpp"
#include "codegen/tool/failure.hpp"
#include "runtime/app/suggest.hpp"

namespace tenon::tool {
namespace {

using runtime::commands_of;
using runtime::flags_of;

struct completion_arguments {
  std::string shell;
  const CLI::App* app = nullptr;
};

// In single quotes of a shell; fish and zsh's descriptions know these, too.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

std::vector<std::string> all_flags(const CLI::App& command) {
  std::vector<std::string> flags = flags_of(command);
  std::ranges::sort(flags);
  return flags;
}

std::string bash(const CLI::App& app) {
  std::string cases;
  for (const std::string& name : commands_of(app))
    cases += fmt::format(
        "    {}) words={} ;;\n", name,
        quoted(fmt::format("{}", fmt::join(all_flags(*app.get_subcommand(name)), " "))));
  return fmt::format(R"(# bash completion of tenon:  source <(tenon completion bash)
_tenon() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" words
  case "${{COMP_WORDS[1]}}" in
{}    *) words={} ;;
  esac
  if [[ $COMP_CWORD -gt 1 && "$current" != -* ]]; then
    COMPREPLY=($(compgen -f -- "$current"))
  else
    [[ $COMP_CWORD -eq 1 ]] && words={}
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}}
complete -o filenames -F _tenon tenon
)",
                     cases, quoted("--help --version"),
                     quoted(fmt::format("{} --help --version", fmt::join(commands_of(app), " "))));
}

// A colon or a bracket would end a description of zsh's.
std::string plain(std::string text) {
  std::erase_if(text, [](char c) { return c == ':' || c == '[' || c == ']' || c == '\''; });
  return text;
}

std::string zsh(const CLI::App& app) {
  std::string commands, cases;
  for (const std::string& name : commands_of(app)) {
    const CLI::App& command = *app.get_subcommand(name);
    commands += fmt::format("    '{}:{}'\n", name, plain(command.get_description()));
    std::string options;
    for (const CLI::Option* option : command.get_options()) {
      for (const std::string& flag : option->get_lnames())
        options += fmt::format(" '--{}[{}]{}'", flag, plain(option->get_description()),
                               option->get_expected_max() > 0 ? ": :_files" : "");
    }
    cases += fmt::format("    {}) _arguments{} '*: :_files' ;;\n", name, options);
  }
  return fmt::format(R"(#compdef tenon
# zsh completion of tenon:  tenon completion zsh > "${{fpath[1]}}/_tenon"
_tenon() {{
  local -a commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{}  esac
}}
compdef _tenon tenon
)",
                     commands, cases);
}

std::string fish(const CLI::App& app) {
  std::string lines = "# fish completion of tenon:  tenon completion fish | source\n";
  for (const std::string& name : commands_of(app)) {
    const CLI::App& command = *app.get_subcommand(name);
    lines += fmt::format("complete -c tenon -n __fish_use_subcommand -f -a {} -d {}\n", name,
                         quoted(plain(command.get_description())));
    for (const CLI::Option* option : command.get_options()) {
      for (const std::string& flag : option->get_lnames())
        lines += fmt::format(
            "complete -c tenon -n '__fish_seen_subcommand_from {}' -l {}{} -d {}\n", name, flag,
            option->get_expected_max() > 0 ? " -r" : "", quoted(plain(option->get_description())));
    }
  }
  return lines;
}

int run_completion(const completion_arguments& given) {
  const CLI::App& app = *given.app;
  fmt::print("{}", given.shell == "bash" ? bash(app) : given.shell == "zsh" ? zsh(app) : fish(app));
  return done;
}

}  // namespace

void add_completion(CLI::App& app, int& status) {
  const auto given = std::make_shared<completion_arguments>();
  given->app = &app;
  CLI::App& command = add_command(app, status, "completion",
                                  "a script with which a shell completes commands and options",
                                  given, run_completion);
  command.add_option("shell", given->shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command.footer("Example: source <(tenon completion bash)");
}

}  // namespace tenon::tool
