#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "codegen/tool/commands/commands.hpp"
#include "codegen/tool/drift.hpp"
#include "codegen/tool/failure.hpp"

namespace tenon::tool {
namespace {

struct diff_arguments : arguments {
  std::string against;
  const CLI::Option* batch = nullptr;
  int most_lines = 40;
};

void require_agreement(const diff_arguments& given, const stated_options& stated) {
  const auto refuse = [&](const std::string& option, const std::string& kept) {
    throw failure(fmt::format(
        "{}: the source in {} was emitted with {}; leave the option out, or emit it again", option,
        given.against, kept));
  };
  if (given.batch->count() > 0 && given.asked.batch != stated.batch)
    refuse(fmt::format("--batch {}", given.asked.batch), fmt::format("--batch {}", stated.batch));
  if (given.asked.standalone && !stated.standalone)
    refuse("--standalone", "files that include Tenon's");
  if (given.asked.tuned.filename() != stated.tuned)
    throw failure(stated.tuned.empty()
                      ? fmt::format("--tuned {}: the source in {} was emitted without; leave the "
                                    "option out, or emit it again",
                                    given.asked.tuned.string(), given.against)
                      : fmt::format("the source in {} was emitted with --tuned {}; give that file",
                                    given.against, stated.tuned));
  const std::string& wanted = given.asked.network;
  const std::string plain = wanted.substr(wanted.find_last_of(':') + 1);  // all of it without one
  if (!wanted.empty() && plain != stated.network)
    refuse(fmt::format("--network {}", wanted), fmt::format("--network {}", stated.network));
}

// The first lines of a difference, and how many there are more.
std::string shortened(const std::string& text, int most) {
  std::size_t end = 0;
  for (int line = 0; line < most; ++line) {
    end = text.find('\n', end);
    if (end == text.npos) return text;
    ++end;
  }
  const auto rest = std::count(text.begin() + static_cast<std::ptrdiff_t>(end), text.end(), '\n');
  return rest == 0 ? text : fmt::format("{}… {} more lines\n", text.substr(0, end), rest);
}

int run_diff(const diff_arguments& given) {
  const stated_options stated = read_manifest(given.against);
  require_agreement(given, stated);
  request asked = given.asked;
  if (asked.network.empty()) asked.network = stated.network;
  asked.batch = stated.batch, asked.standalone = stated.standalone;
  asked.embed = stated.embed, asked.cuda = stated.cuda, asked.off = stated.off;
  asked.precision = stated.precision;

  const bench at = set_up(given);
  const emitted source = emit(asked, at.place, at.shop);
  const std::vector<difference> found = drift(source.folder, given.against, stated.files);
  if (found.empty()) {
    if (!given.quiet) fmt::print("{}: {} is what is emitted now\n", source.name, given.against);
    return done;
  }
  if (!given.quiet) {
    for (const difference& each : found) fmt::print("{}\n", shortened(each.text, given.most_lines));
  }
  std::string names;
  for (const difference& each : found) names.append(names.empty() ? "" : ", ").append(each.file);
  std::fflush(stdout);
  throw failure(
      fmt::format("{}: differs from what {} emits now: {}; take it over with tenon emit -o {}",
                  given.against, given.asked.header.string(), names, given.against),
      {}, check_failed);
}

}  // namespace

void add_diff(CLI::App& app, int& status) {
  const auto given = std::make_shared<diff_arguments>();
  CLI::App& command =
      add_command(app, status, "diff",
                  "whether source that is kept is still what the network emits", given, run_diff);
  add_network_options(command, *given);
  add_source_options(command, *given);
  given->batch = command.get_option("--batch");
  command
      .add_option("--against", given->against,
                  "the folder of source; its manifest.json says with which options it was emitted")
      ->required();
  command
      .add_option("--lines", given->most_lines, "the most lines shown of a file's difference [40]")
      ->check(CLI::Range(1, 1 << 30));
  command.footer(
      "Example: tenon diff lenet.hpp --against generated     ends with 0 when equal, with 1 when "
      "not");
}

}  // namespace tenon::tool
