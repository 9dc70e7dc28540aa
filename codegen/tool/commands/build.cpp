#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "codegen/tool/commands/commands.hpp"
#include "codegen/tool/failure.hpp"
#include "codegen/tool/files.hpp"

namespace tenon::tool {
namespace {

struct build_arguments : arguments {
  std::string output, keep;
};

int run_build(const build_arguments& given) {
  require_writable_file(given.output, "-o");
  if (!given.keep.empty()) require_writable_folder(given.keep, "--keep");
  const bench at = set_up(given);
  const emitted source = emit(given.asked, at.place, at.shop);
  if (!given.keep.empty()) publish(source.folder, given.keep);
  copy_program(build(source, given.asked, at.place, at.shop), given.output);
  if (!given.quiet) {
    fmt::print("{}: {} (batch {}, {}, {})\n", source.name, given.output, given.asked.batch,
               given.asked.isa, at.shop.cxx().version);
  }
  return done;
}

}  // namespace

void add_build(CLI::App& app, int& status) {
  const auto given = std::make_shared<build_arguments>();
  CLI::App& command = add_command(
      app, status, "build", "make a program that trains, evaluates and predicts", given, run_build);
  add_network_options(command, *given);
  add_isa_option(command, *given);
  add_source_options(command, *given);
  command.add_option("-o,--output", given->output, "the program")->required();
  command.add_option("--keep", given->keep, "also write the source into this folder");
  command.footer("Example: tenon build lenet.hpp -o lenet --keep generated --isa dynamic");
}

}  // namespace tenon::tool
