#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "codegen/tool/commands/commands.hpp"
#include "codegen/tool/failure.hpp"
#include "codegen/tool/files.hpp"
#include "codegen/tool/tuner.hpp"

namespace tenon::tool {
namespace {

struct tune_arguments : arguments {
  std::string output;
  tuning_plan plan;
};

void print(const std::vector<tunable>& kernels) {
  double model = 0, tuned = 0, ratios = 0;
  fmt::print("  {:<40} {:>12} {:>9}   {:>12} {:>9} {:>6}\n", "kernel", "model's tile", "µs",
             "fastest", "µs", "times");
  for (const tunable& k : kernels) {
    const std::size_t best = best_of(k);
    const double before = k.microseconds[0], after = k.microseconds[best];
    const std::string more =
        k.names.size() > 1 ? fmt::format(" and {} more", k.names.size() - 1) : "";
    fmt::print("  {:<40} {:>12} {:>9.2f}   {:>12} {:>9.2f} {:>6.2f}\n", k.names[0] + more,
               k.tiles[0], before, k.tiles[best], after, before / after);
    model += before, tuned += after, ratios += before / after;
  }
  fmt::print(
      "the model's tiles take {:.3f} times as long on average; all kernels together {:.3f}\n",
      ratios / static_cast<double>(kernels.size()), model / tuned);
}

int run_tune(const tune_arguments& given) {
  require_writable_file(given.output, "-o");
  const bench at = set_up(given);
  const std::vector<tunable> kernels = tune(given.asked, at.place, at.shop, given.plan);
  const std::string heading =
      fmt::format("tenon tune {} --batch {} --isa {}, {}", given.asked.header.filename().string(),
                  given.asked.batch, given.asked.isa, at.shop.cxx().version);
  write_file(given.output, tuning_text(kernels, heading));
  if (!given.quiet) print(kernels);
  return done;
}

}  // namespace

void add_tune(CLI::App& app, int& status) {
  const auto given = std::make_shared<tune_arguments>();
  CLI::App& command = add_command(
      app, status, "tune", "measure, on this machine, tiles and loop orders that give equal bits",
      given, run_tune);
  add_network_options(command, *given);
  command.remove_option(command.get_option("--tuned"));
  add_isa_option(command, *given);
  command.add_option("-o,--output", given->output, "a small text file for --tuned")->required();
  command.add_option("--candidates", given->plan.candidates, "tiles per kernel [6]")
      ->check(CLI::Range(2, 16));
  command.add_option("--turns", given->plan.turns, "how often each is timed [3]")
      ->check(CLI::Range(1, 100));
  command.add_option("--seconds", given->plan.seconds, "of each program and turn [0.5]")
      ->check(CLI::Range(0.01, 60.0));
  command.footer(
      "Example: tenon tune lenet.hpp -o lenet.tuned && tenon build lenet.hpp -o lenet --tuned "
      "lenet.tuned");
}

}  // namespace tenon::tool
