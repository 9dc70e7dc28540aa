// The options of every command, their texts and checks.
#pragma once
#include <string>

#include "runtime/app/commands.hpp"

namespace CLI {
class App;
}

namespace tenon::runtime {

// All options of all commands; one command is run.
struct options {
  train_options train;
  eval_options eval;
  predict_options predict;
  info_options info;
  gradcheck_options gradcheck;
  landscape_options landscape;
  recalibrate_options recalibrate;
  bench_options bench;
  export_options exported;
  unsigned doctor_threads = 0;
  std::string device = "cpu";  // of whichever command is run
};

// Adds the commands to `app`; parsing fills `o`, which must live as long.
void add_commands(CLI::App& app, options& o);

}  // namespace tenon::runtime
