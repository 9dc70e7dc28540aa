#include "runtime/app/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "runtime/app/arguments.hpp"
#include "runtime/app/device.hpp"
#include "runtime/app/suggest.hpp"
#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

using CLI::App;

int dispatch(const App& app, const context& where, const options& o) {
  const std::string name = app.get_subcommands().front()->get_name();
  if (name == "train") return train_command(where, o.train);
  if (name == "eval") return eval_command(where, o.eval);
  if (name == "predict") return predict_command(where, o.predict);
  if (name == "info") return info_command(where, o.info);
  if (name == "gradcheck") return gradcheck_command(where, o.gradcheck);
  if (name == "recalibrate") return recalibrate_command(where, o.recalibrate);
  if (name == "landscape") return landscape_command(where, o.landscape);
  if (name == "bench") return bench_command(where, o.bench);
  if (name == "doctor") return doctor_command(where, o.doctor_threads);
  if (name == "export") return export_command(where, o.exported);
  throw internal_bug(fmt::format("command '{}' was accepted and is not known", name));
}

int parse_and_run(int argc, const char* const* argv, const context& where) {
  const std::string name(where.network.info->name);
  App app("The network " + name + ", trained and served by code that was written for it.", name);
  app.set_version_flag(
      "--version", fmt::format("{} {}, tenon " TENON_VERSION, name, where.network.info->signature));
  app.require_subcommand(1);
  options o;
  add_commands(app, o);
  if (const std::string wrong = unknown_command(app, argc, argv); !wrong.empty())
    throw user_error(wrong);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    app.exit(asked, where.out, where.err);
    return done;
  } catch (const CLI::ParseError& e) {
    throw user_error(complaint(app, e));
  }
  const chosen_device chosen = choose_device(where.network, o.device, where.err);
  const context called{.network = chosen.network,
                       .out = where.out,
                       .err = where.err,
                       .terminal = where.terminal,
                       .program = argv[0],
                       .embedded = where.embedded,
                       .device = chosen.name};
  return dispatch(app, called, o);
}

}  // namespace

int run(int argc, const char* const* argv, const context& where) {
  const auto complain = [&](const char* what, exit_code code) {
    where.out.flush();
    where.err << "tenon: error: " << what << std::endl;
    return static_cast<int>(code);
  };
  try {
    const int code = parse_and_run(argc, argv, where);
    where.out.flush();
    return where.out ? code : complain("cannot write to standard output", wrong_usage);
  } catch (const user_error& e) {
    return complain(e.what(), wrong_usage);
  } catch (const device_error& e) {
    return complain(user_error(e.what()).what(), wrong_usage);
  } catch (const check_failed& e) {
    return complain(e.what(), failed_check);
  } catch (const std::bad_alloc&) {
    return complain("not enough memory for these data; use fewer samples or a smaller batch",
                    wrong_usage);
  } catch (const std::filesystem::filesystem_error& e) {
    return complain(e.what(), wrong_usage);
  } catch (const std::exception& e) {
    return complain((std::string("this is a bug of ours, please report it: ") + e.what()).c_str(),
                    our_bug);
  }
}

}  // namespace tenon::runtime
