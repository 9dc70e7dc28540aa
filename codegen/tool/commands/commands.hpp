// The commands of `tenon`, one file each. A command adds itself to the command line and writes its
// exit code to `status` when it has run; what it cannot do, it throws as a failure.
#pragma once
#include <CLI/App.hpp>
#include <functional>
#include <memory>
#include <string>

#include "codegen/tool/build.hpp"
#include "codegen/tool/installation.hpp"
#include "codegen/tool/workshop.hpp"

namespace tenon::tool {

// What every command that reads a network's header takes.
struct arguments {
  request asked;
  bool quiet = false;
};

// `header`, --network, --batch, --include, --exact, --tuned and --quiet.
void add_network_options(CLI::App& command, arguments& given);
void add_isa_option(CLI::App& command, arguments& given);
// What the source consists of besides the network: --standalone.
void add_source_options(CLI::App& command, arguments& given);
// --embed: a safetensors file whose weights are compiled in.
CLI::Option* add_precision_option(CLI::App& command, arguments& given);
void add_embed_option(CLI::App& command, arguments& given, std::string& weights);

// Where things lie and what compiles them. Work that is really done is noted on standard error,
// unless --quiet.
struct bench {
  installation place;
  workshop shop;
};
bench set_up(const arguments& given);

// Adds a command; `run` is called after the arguments are read, and returns the exit code.
template <class Arguments>
CLI::App& add_command(CLI::App& app, int& status, const std::string& name,
                      const std::string& description, const std::shared_ptr<Arguments>& given,
                      int (*run)(const Arguments&)) {
  CLI::App* command = app.add_subcommand(name, description);
  command->callback([given, run, &status] { status = run(*given); });
  return *command;
}

void add_build(CLI::App& app, int& status);
void add_completion(CLI::App& app, int& status);
void add_diff(CLI::App& app, int& status);
void add_emit(CLI::App& app, int& status);
void add_explain(CLI::App& app, int& status);
void add_new(CLI::App& app, int& status);
void add_report(CLI::App& app, int& status);
void add_show(CLI::App& app, int& status);
void add_tune(CLI::App& app, int& status);

}  // namespace tenon::tool
