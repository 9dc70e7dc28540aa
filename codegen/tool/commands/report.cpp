#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "codegen/tool/commands/commands.hpp"
#include "codegen/tool/failure.hpp"
#include "codegen/tool/files.hpp"
#include "codegen/tool/process.hpp"
#include "codegen/tool/report/sections.hpp"

namespace tenon::tool {
namespace {

struct report_arguments : arguments {
  std::string output, bench_file;
  bool measure = false;
  std::vector<std::filesystem::path> runs;
};

std::string measure(const report_arguments& given, const bench& at) {
  const emitted source = emit(given.asked, at.place, at.shop);
  const std::filesystem::path program = build(source, given.asked, at.place, at.shop);
  outcome result = run({program.string(), "bench", "--json"});
  if (!result.ok())
    throw failure(fmt::format("--measure: {} bench ended with status {}; see above", source.name,
                              result.status),
                  result.output, our_bug);
  return std::move(result.output);
}

int run_report(const report_arguments& given) {
  require_writable_file(given.output, "-o");
  const declaration network = declared_in(given.asked);
  const bench at = set_up(given);
  const std::filesystem::path program = generator(given.asked, network, at.place, at.shop);
  const auto description = nlohmann::json::parse(ask(program, given.asked, {"describe"}));
  std::vector<nlohmann::json> measured;
  if (!given.bench_file.empty())
    measured = read_measurements(read_file(given.bench_file), given.bench_file, description);
  if (given.measure) measured = read_measurements(measure(given, at), "--measure", description);
  write_file(given.output, page(description, measured, given.runs));
  if (!given.quiet) fmt::print("{}: {}\n", network.name, given.output);
  return done;
}

}  // namespace

void add_report(CLI::App& app, int& status) {
  const auto given = std::make_shared<report_arguments>();
  CLI::App& command =
      add_command(app, status, "report", "one page of HTML: layers, memory, kernels and runs",
                  given, run_report);
  add_network_options(command, *given);
  add_isa_option(command, *given);
  command.add_option("-o,--output", given->output, "the page")->required();
  CLI::Option* file =
      command.add_option("--bench", given->bench_file,
                         "what `EXE bench --json` wrote, for the roofline of the kernels");
  command.add_flag("--measure", given->measure, "build the program and measure it now")
      ->excludes(file);
  command.add_option("--run", given->runs, "the folder of a training; may be given more than once")
      ->take_all();
  command.footer("Example: tenon report lenet.hpp -o lenet.html --measure --run runs/lenet-1");
}

}  // namespace tenon::tool
