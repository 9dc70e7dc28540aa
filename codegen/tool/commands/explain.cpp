#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>

#include "codegen/tool/commands/commands.hpp"
#include "codegen/tool/failure.hpp"

namespace tenon::tool {
namespace {

struct explain_arguments : arguments {
  bool json = false;
};

// A network that does not compile is read again, without its assertions. What is then shown ends
// with the network's mistake, or, where the network itself is right, with what the compiler said.
[[noreturn]] void explain_refused(const explain_arguments& given, const declaration& network,
                                  const bench& at, const compile_failure& refused) {
  std::optional<std::filesystem::path> lenient;
  try {
    lenient = lenient_generator(given.asked, network, at.place, at.shop);
  } catch (const compile_failure&) {  // no mistake of the network's, but of the header's C++
    throw refused;
  }
  try {
    fmt::print("{}", ask(*lenient, given.asked, {"explain"}));
  } catch (const failure& wrong) {
    fmt::print("{}\n", wrong.details());
    std::fflush(stdout);  // the table comes before the error, wherever both go
    throw failure(fmt::format("{}: {}", given.asked.header.string(), wrong.what()), {},
                  wrong.code());
  }
  std::fflush(stdout);
  throw refused;
}

int run_explain(const explain_arguments& given) {
  const declaration network = declared_in(given.asked);
  const bench at = set_up(given);
  try {
    const std::filesystem::path program = generator(given.asked, network, at.place, at.shop);
    fmt::print("{}", ask(program, given.asked, {given.json ? "describe" : "explain"}));
    return done;
  } catch (const compile_failure& refused) {
    explain_refused(given, network, at, refused);
  }
}

}  // namespace

void add_explain(CLI::App& app, int& status) {
  const auto given = std::make_shared<explain_arguments>();
  CLI::App& command = add_command(
      app, status, "explain", "the layers as a table; of a wrong network, up to the broken joint",
      given, run_explain);
  add_network_options(command, *given);
  command.add_flag("--json", given->json, "layers, kernels, tensors and arenas as one JSON object");
  command.footer("Example: tenon explain lenet.hpp");
}

}  // namespace tenon::tool
