// The `tenon` command: reads arguments, calls the work, turns failures into messages and exit
// codes.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <mutex>
#include <string>

#include "codegen/tool/build.hpp"
#include "codegen/tool/failure.hpp"
#include "codegen/tool/files.hpp"
#include "codegen/tool/isa.hpp"

namespace tenon::tool {
namespace {

struct arguments {
  request asked;
  std::string output;
  std::string keep;
  bool quiet = false;
};

void add_common(CLI::App& command, arguments& given) {
  command.add_option("header", given.asked.header, "the header that declares the network")
      ->required();
  command.add_option("--network", given.asked.network,
                     "which network, where the header declares several");
  command
      .add_option("--batch", given.asked.batch,
                  "capacity: the most samples of a training step [64]")
      ->check(CLI::Range(1, 1 << 20));
  command.add_option("-I,--include", given.asked.includes,
                     "a folder where the header's own includes lie");
  command.add_option("--isa", given.asked.isa,
                     "native [default], dynamic, or a list of Highway targets such as avx2,avx3");
  command.add_flag(
      "--exact", given.asked.exact,
      "no schedule whose rounding differs from plain sums (none that is in use so far does)");
  command.add_flag("-q,--quiet", given.quiet, "say nothing but errors");
}

workshop make_workshop(const arguments& given, const installation& place) {
  const auto note = [quiet = given.quiet](const std::string& line) {
    static std::mutex one_at_a_time;
    const std::lock_guard lock(one_at_a_time);
    if (!quiet) fmt::print(stderr, "  {}\n", line);
  };
  return workshop(find_compiler(place, isa_options(given.asked.isa)), cache_folder(), note);
}

void emit_command(const arguments& given) {
  const installation place = find_installation();
  const workshop shop = make_workshop(given, place);
  const emitted source = emit(given.asked, place, shop);
  const int written = publish(source.folder, given.output);
  if (!given.quiet) {
    fmt::print("{}: source in {} ({})\n", source.name, given.output,
               written == 0 ? "unchanged" : fmt::format("files written: {}", written));
  }
}

void build_command(const arguments& given) {
  const installation place = find_installation();
  const workshop shop = make_workshop(given, place);
  const emitted source = emit(given.asked, place, shop);
  if (!given.keep.empty()) publish(source.folder, given.keep);
  copy_program(build(source, given.asked, place, shop), given.output);
  if (!given.quiet) {
    fmt::print("{}: {} (batch {}, {}, {})\n", source.name, given.output, given.asked.batch,
               given.asked.isa, shop.cxx().version);
  }
}

std::string version() {
  std::string text = fmt::format("tenon {}, built with {}, Highway {}", TENON_VERSION,
                                 TENON_BUILT_WITH, TENON_HIGHWAY);
  try {
    text += fmt::format("; compiles with {}", find_compiler(find_installation(), {}).version);
  } catch (const failure& error) {
    text += fmt::format("; cannot compile here: {}", error.what());
  }
  return text;
}

int report(const failure& error) {
  if (!error.details().empty()) {
    fmt::print(stderr, "{}{}", error.details(), error.details().ends_with('\n') ? "" : "\n");
  }
  fmt::print(stderr, "tenon: error: {}\n", error.what());
  return error.code();
}

int run_command(int argc, char** argv) {
  CLI::App app("Turns the type of a neural network into source text, and that into a program.",
               "tenon");
  app.require_subcommand(1);
  app.set_version_flag("--version", version);
  app.footer("Example: tenon build lenet.hpp -o lenet && ./lenet train --data mnist1d --epochs 10");

  arguments given;
  CLI::App* emits = app.add_subcommand("emit", "write the network's source");
  add_common(*emits, given);
  emits->add_option("-o,--output", given.output, "folder for the source")->required();
  emits->footer("Example: tenon emit lenet.hpp -o generated");

  CLI::App* builds =
      app.add_subcommand("build", "make a program that trains, evaluates and predicts");
  add_common(*builds, given);
  builds->add_option("-o,--output", given.output, "the program")->required();
  builds->add_option("--keep", given.keep, "also write the source into this folder");
  builds->footer("Example: tenon build lenet.hpp -o lenet --keep generated --isa dynamic");

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {
    return app.exit(request);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "tenon: error: {}; see tenon --help\n", error.what());
    return bad_input;
  }
  if (*emits) emit_command(given);
  if (*builds) build_command(given);
  return done;
}

}  // namespace
}  // namespace tenon::tool

int main(int argc, char** argv) {
  using namespace tenon::tool;
  try {
    return run_command(argc, argv);
  } catch (const failure& error) {
    return report(error);
  } catch (const std::filesystem::filesystem_error& error) {
    fmt::print(stderr, "tenon: error: {}\n", error.what());
    return bad_input;
  } catch (const std::exception& error) {
    fmt::print(stderr, "tenon: error: {}; this is a fault of Tenon's, please report it\n",
               error.what());
    return our_bug;
  }
}
