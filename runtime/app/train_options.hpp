// The options of a training as JSON, as run folders keep them, and what a resumed run makes of
// them.
#pragma once
#include <string>

#include "runtime/app/commands.hpp"

namespace tenon::runtime {

// One object: the network's name and signature, the version, and every option that settles the
// run's numbers, under the name of its flag.
std::string to_json(const train_options& o, const network_info& network);

// The options of a run that goes on: `stored` (JSON as above) where the command line says nothing.
// Throws user_error if it says something that would lead to other numbers, naming both values.
// Threads, progress and output are free; so are --data (its hash is compared instead),
// --checkpoint-every, and --epochs where the schedule does not depend on it. from: names the run.
train_options resumed(const train_options& given, const std::string& stored,
                      const std::string& from);

}  // namespace tenon::runtime
