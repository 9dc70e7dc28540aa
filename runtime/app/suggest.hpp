// What somebody may have meant: the known word nearest to an unknown one, and a command line's
// complaint that names it. Shared by the specialised executable and by the `tenon` command.
#pragma once
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::runtime {

// Levenshtein's distance with neighbours swapped as one step (optimal string alignment).
inline std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t other = a[i - 1] == b[j - 1] ? 0 : 1;
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + other});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

// The nearest of `known`, or nothing. A third of the letters and one may be wrong; a word may also
// be cut short.
inline std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  std::string best;
  std::size_t least = word.size() / 3 + 2;
  for (const std::string& each : known) {
    const bool begins = word.size() > 3 && each.starts_with(word);
    const std::size_t edits = begins ? 1 : edits_between(word, each);
    if (edits < least) best = each, least = edits;
  }
  return best;
}

// "; did you mean --batch?", or nothing.
inline std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const std::string best = nearest(word, known);
  return best.empty() ? best : "; did you mean " + best + "?";
}

// Names of an application's commands, in order.
inline std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(each->get_name());
  return names;
}

// "--batch" and its like.
inline std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* each : app.get_options()) {
    for (const std::string& name : each->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

// CLI11's "Could not convert: --seed = x" in words; empty for other texts.
inline std::string unreadable(const CLI::App& at, const std::string& text) {
  constexpr std::string_view begin = "Could not convert: ", middle = " = ";
  const std::size_t equals = text.find(middle);
  if (!text.starts_with(begin) || equals == text.npos) return {};
  const std::string name = text.substr(begin.size(), equals - begin.size());
  const CLI::Option* const option = at.get_option_no_throw(name);
  const std::string type = option == nullptr ? "" : option->get_type_name();
  const char* const wanted = type.starts_with("UINT")  ? "a whole number of 0 or more"
                             : type.starts_with("INT") ? "a whole number"
                                                       : "a number";
  return name + ": '" + text.substr(equals + middle.size()) + "' is not " + wanted;
}

// In words what CLI11 refused; call it right after `app` has thrown `error`.
inline std::string complaint(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<CLI::App*> used = app.get_subcommands();
  const CLI::App& at = used.empty() ? app : *used.front();
  const std::string help = used.empty() ? app.get_name() : app.get_name() + " " + at.get_name();
  std::string text = error.what();
  if (const std::string wrong = unreadable(at, text); !wrong.empty()) text = wrong;
  for (const std::string& word : app.remaining(true)) {
    if (!word.starts_with("-")) continue;
    const std::string flag = word.substr(0, word.find('='));
    text = "there is no option " + flag + did_you_mean(flag, flags_of(at));
    return text + (text.ends_with('?') ? " see " : "; see ") + help + " --help";
  }
  return text + "; see " + help + " --help";
}

// The complaint about a first word that is no command; empty where it is one, or an option.
inline std::string unknown_command(const CLI::App& app, int argc, const char* const* argv) {
  if (argc < 2 || argv[1][0] == '-') return {};
  const std::vector<std::string> known = commands_of(app);
  if (std::find(known.begin(), known.end(), argv[1]) != known.end()) return {};
  std::string names;
  for (const std::string& name : known) names.append(names.empty() ? "" : ", ").append(name);
  const std::string hint = did_you_mean(argv[1], known);
  return "no command '" + std::string(argv[1]) + "'" +
         (hint.empty() ? "; there are " + names : hint + " There are " + names);
}

}  // namespace tenon::runtime
