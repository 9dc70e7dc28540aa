#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "codegen/tool/commands/commands.hpp"
#include "codegen/tool/failure.hpp"
#include "codegen/tool/files.hpp"
#include "codegen/tool/weights.hpp"

namespace tenon::tool {
namespace {

struct emit_arguments : arguments {
  std::string output, weights;
};

int run_emit(const emit_arguments& given) {
  require_writable_folder(given.output, "-o");
  const bench at = set_up(given);
  const emitted source = emit(given.asked, at.place, at.shop);
  int written = publish(source.folder, given.output);
  if (given.asked.embed) {
    written += publish(prepare_weights(given.weights, source, given.asked, at.place, at.shop),
                       given.output);
  }
  if (!given.quiet) {
    fmt::print("{}: source in {} ({})\n", source.name, given.output,
               written == 0 ? "unchanged" : fmt::format("files written: {}", written));
  }
  return done;
}

}  // namespace

void add_emit(CLI::App& app, int& status) {
  const auto given = std::make_shared<emit_arguments>();
  CLI::App& command =
      add_command(app, status, "emit", "write the network's source", given, run_emit);
  add_network_options(command, *given);
  add_isa_option(command, *given);
  add_source_options(command, *given);
  CLI::Option* const cuda =
      command.add_flag("--cuda", given->asked.cuda,
                       "also the network on a GPU: NAME.cu, for nvcc, and emitted/NAME_cuda.hpp");
  add_precision_option(command, *given)->needs(cuda);
  add_embed_option(command, *given, given->weights);
  command.add_option("-o,--output", given->output, "folder for the source")->required();
  command.footer("Example: tenon emit lenet.hpp -o generated");
}

}  // namespace tenon::tool
