// What a training computes with, all of it settled before the first step.
#pragma once
#include <optional>

#include "runtime/app/commands.hpp"
#include "runtime/app/run_folder.hpp"
#include "runtime/data/dataset.hpp"
#include "runtime/data/split.hpp"
#include "runtime/train/state.hpp"
#include "runtime/train/trainer.hpp"

namespace tenon::runtime {

struct training_plan {
  // From the command line; with --resume, from what the run kept where the command line says
  // nothing. Throws user_error for what cannot be read, does not fit the network or the data, or
  // would lead a resumed run to other numbers.
  training_plan(const train_options& given, const network_info& network);

  train_options options;             // every default settled, as arguments.json keeps them
  std::optional<saved_state> saved;  // of a run that goes on
  std::optional<run_folder> folder;  // where it goes on, held; none where --output is another
  source_data source;
  split parts;
  recipe steps;
};

// The run's own, or that of one which begins: how its samples are standardised, and what its
// weights have to remember.
run_record record_of(const training_plan& plan, const network_info& network);

}  // namespace tenon::runtime
