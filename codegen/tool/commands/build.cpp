#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "codegen/tool/commands/commands.hpp"
#include "codegen/tool/failure.hpp"
#include "codegen/tool/files.hpp"
#include "codegen/tool/weights.hpp"

namespace tenon::tool {
namespace {

namespace fs = std::filesystem;

struct build_arguments : arguments {
  std::string output, keep, weights;
};

int run_build(const build_arguments& given) {
  require_writable_file(given.output, "-o");
  if (!given.keep.empty()) require_writable_folder(given.keep, "--keep");
  const bench at = set_up(given);
  const emitted source = emit(given.asked, at.place, at.shop);
  if (!given.keep.empty()) publish(source.folder, given.keep);
  fs::path weights;
  if (given.asked.embed)
    weights = prepare_weights(given.weights, source, given.asked, at.place, at.shop);
  copy_program(build(source, given.asked, at.place, at.shop, weights), given.output);
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
  add_embed_option(command, *given, given->weights);
  command.add_option("-o,--output", given->output, "the program")->required();
  command.add_option("--keep", given->keep, "also write the source into this folder");
  command.footer("Example: tenon build lenet.hpp -o lenet --keep generated --isa dynamic");
}

}  // namespace tenon::tool
