// The commands of the specialised executable, one function each. Defaults are those of the command
// line.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/app/context.hpp"
#include "runtime/app/schedule_flags.hpp"
#include "runtime/app/source_flags.hpp"
#include "runtime/app/update_flags.hpp"
#include "runtime/app/weighting.hpp"

namespace tenon::runtime {

// What is named here and settles a run's numbers has to be listed in train_options.cpp as well.
struct train_options {
  std::string data;
  int epochs = 10;
  std::optional<std::size_t> batch;  // the network's
  update_flags update;
  schedule_flags schedule;
  stopping_flags stopping;
  weighting_flags weighting;
  bool bootstrap = false;
  std::uint64_t seed = 42;
  unsigned threads = 0;
  double validation_fraction = 0, test_fraction = 0.2;
  std::optional<std::string> standardize;  // by the source
  bool standardize_target = false;
  source_flags source;
  std::string initializer = "default";
  bool drop_last = false;
  std::string output;  // runs/<network>-<n>
  bool overwrite = false;
  std::string init;                    // weights to begin with, but for
  std::vector<std::string> init_skip;  // parameters that these patterns match
  std::string resume;                  // `last`, a run folder or its state
  std::size_t checkpoint_every = 0;    // steps; 0: at the end of each epoch alone
  bool no_progress = false, json = false, print_schedule = false, find_rate = false;
  bool init_report = false;
  std::set<std::string> given;  // the flags on the command line, without dashes
};

struct eval_options {
  std::vector<std::string> weights;  // several: their mean
  std::string data;
  source_flags source;
  std::string part = "test";
  std::string confusion;  // CSV file to write
  unsigned threads = 0;
  bool json = false;
};

struct predict_options {
  std::vector<std::string> weights;  // several: their mean
  std::vector<std::string> inputs;
  std::string output;
  source_flags source;
  bool logits = false;
  std::size_t draws = 0;  // of the noise; 0: none
  std::uint64_t seed = 42;
  std::string spread;  // npy file for the standard deviations
  int top = 1;
  unsigned threads = 0;
  bool json = false;
};

struct info_options {
  std::string weights;
  bool magnitude = false, json = false;
};

struct gradcheck_options {
  std::uint64_t seed = 42;
  std::size_t samples = 4, elements = 64;
  unsigned threads = 0;
  bool json = false;
};

struct recalibrate_options {
  std::string weights, data, output;
  source_flags source;
  std::optional<std::size_t> batch;
  unsigned threads = 0;
  bool json = false;
};

struct landscape_options {
  std::string weights, data;
  source_flags source;
  std::optional<std::size_t> batch;  // the network's
  std::vector<double> rates{1e-4, 1};
  int points = 13;
  std::uint64_t seed = 42;
  unsigned threads = 0;
  bool json = false;
};

struct bench_options {
  std::optional<std::size_t> batch;
  std::string mode = "both";
  double seconds = 1;   // per network call; a tenth of it per kernel
  bool kernels = true;  // each for as long; else once, which suffices for their bounds
  unsigned threads = 0;
  bool json = false;
};

struct export_options {
  std::string weights, format = "blob", output;
  bool folded = false;
};

// Each returns an exit code; errors are thrown (runtime/io/error.hpp).
int train_command(const context&, const train_options&);
int eval_command(const context&, const eval_options&);
int predict_command(const context&, const predict_options&);
int info_command(const context&, const info_options&);
int gradcheck_command(const context&, const gradcheck_options&);
int recalibrate_command(const context&, const recalibrate_options&);
int landscape_command(const context&, const landscape_options&);
int bench_command(const context&, const bench_options&);
int doctor_command(const context&, unsigned threads);
int export_command(const context&, const export_options&);

}  // namespace tenon::runtime
