// The `tenon` command: puts the commands together, and turns failures into messages and exit codes.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "codegen/tool/commands/commands.hpp"
#include "codegen/tool/failure.hpp"
#include "runtime/app/suggest.hpp"

namespace tenon::tool {
namespace {

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

  int status = done;
  add_new(app, status);
  add_build(app, status);
  add_emit(app, status);
  add_diff(app, status);
  add_explain(app, status);
  add_show(app, status);
  add_report(app, status);
  add_tune(app, status);
  add_completion(app, status);

  if (const std::string wrong = runtime::unknown_command(app, argc, argv); !wrong.empty())
    throw failure(wrong);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {
    return app.exit(request);
  } catch (const CLI::ParseError& error) {
    throw failure(runtime::complaint(app, error));
  }
  return status;
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
    const auto& path = error.path2().empty() ? error.path1() : error.path2();
    fmt::print(stderr,
               "tenon: error: {}: {}; is there a folder that can be written to, and room?\n",
               path.string(), error.code().message());
    return bad_input;
  } catch (const std::exception& error) {
    fmt::print(stderr, "tenon: error: {}; this is a fault of Tenon's, please report it\n",
               error.what());
    return our_bug;
  }
}
