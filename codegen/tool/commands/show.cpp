#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "codegen/tool/commands/commands.hpp"
#include "codegen/tool/disassembly.hpp"
#include "codegen/tool/failure.hpp"

namespace tenon::tool {
namespace {

using words = std::vector<std::string>;

struct show_arguments : arguments {
  std::string pass, layer, in = "eval";
  bool source = false, assembly = false, dot = false, cuda = false;
};

words question(const show_arguments& given, const std::string& view) {
  words asked{view, "--mode", given.in};
  if (!given.pass.empty()) asked.insert(asked.end(), {"--pass", given.pass});
  if (!given.layer.empty()) asked.insert(asked.end(), {"--layer", given.layer});
  if (given.cuda) asked.insert(asked.end(), {"--device", "cuda"});
  return asked;
}

// The functions in which a layer is computed; all of the mode's where none is named.
words functions_of(const nlohmann::json& description, const show_arguments& given) {
  if (given.in == "eval_mc")
    throw failure("--assembly knows eval, eval_single and train; --mode eval_mc has --source");
  if (!description.contains(given.in))
    throw failure("--mode train: the network has no loss, so there is nothing to train");
  words functions;
  for (const auto& kernel : description[given.in]["kernels"]) {
    const words layers = kernel["layers"];
    if (given.layer.empty() || std::ranges::find(layers, given.layer) != layers.end())
      functions.push_back((given.in == "eval_single" ? "single::" : "") +
                          kernel["function"].get<std::string>());
  }
  return functions;
}

std::string assembly(const show_arguments& given, const std::filesystem::path& program,
                     const bench& at) {
  if (!given.layer.empty())  // refuses a layer that does not exist
    ask(program, given.asked, question(given, "source"));
  const auto description = nlohmann::json::parse(ask(program, given.asked, {"describe"}));
  const words functions = functions_of(description, given);
  const emitted source = emit(given.asked, at.place, at.shop);
  const std::string in = given.in == "eval_single" ? "eval" : given.in;
  unit file{source.folder / fmt::format("{}_{}.cc", source.name, in), {"-O3", "-g1"}};
  for (const std::string& option : source_options(source, given.asked, at.place, at.shop.cxx()))
    file.options.push_back(option);
  std::string code = disassemble(at.shop.object(file), file.source, functions);
  if (!code.empty()) return code;
  return fmt::format("{} has no machine code of its own in {}; see tenon show --layer {}\n",
                     given.layer, given.in, given.layer);
}

int run_show(const show_arguments& given) {
  const declaration network = declared_in(given.asked);
  const bench at = set_up(given);
  const std::filesystem::path program = generator(given.asked, network, at.place, at.shop);
  const bool source = given.source || (given.cuda && given.pass.empty());
  const char* const view = given.dot ? "dot" : source ? "source" : "passes";
  fmt::print("{}", given.assembly ? assembly(given, program, at)
                                  : ask(program, given.asked, question(given, view)));
  return done;
}

}  // namespace

void add_show(CLI::App& app, int& status) {
  const auto given = std::make_shared<show_arguments>();
  CLI::App& command = add_command(
      app, status, "show",
      "the program after each pass, or the source, machine code or graph of one layer or all",
      given, run_show);
  add_network_options(command, *given);
  add_isa_option(command, *given);
  command
      .add_option("--mode", given->in,
                  "eval [default], eval_single (one sample at a time), train or eval_mc")
      ->check(CLI::IsMember({"eval", "eval_single", "train", "eval_mc"}));
  CLI::Option* pass = command.add_option("--pass", given->pass, "after this pass alone");
  command.add_option("--layer", given->layer, "what computes this layer alone, such as conv2d_1");
  CLI::Option* source = command.add_flag("--source", given->source, "the emitted source");
  CLI::Option* code = command.add_flag("--assembly", given->assembly,
                                       "the machine code, beside the source lines it comes from");
  CLI::Option* dot = command.add_flag("--dot", given->dot, "a graph for Graphviz");
  source->excludes(code)->excludes(dot)->excludes(pass);
  code->excludes(dot)->excludes(pass);
  CLI::Option* gpu = command.add_flag(
      "--cuda", given->cuda, "of the network on a GPU: its kernels, or with --pass its program");
  gpu->excludes(code);
  add_precision_option(command, *given)->needs(gpu);
  command.footer(
      "Examples: tenon show lenet.hpp --pass fuse_maps\n"
      "          tenon show lenet.hpp --layer conv2d_1 --mode train --source\n"
      "          tenon show lenet.hpp --cuda --layer conv2d_1 --mode train\n"
      "          tenon show lenet.hpp --dot | dot -Tsvg > lenet.svg");
}

}  // namespace tenon::tool
