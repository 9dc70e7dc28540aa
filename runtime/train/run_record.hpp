// How far a run has come and how it fared, as checkpoints keep it.
#pragma once
#include <string>
#include <vector>

#include "runtime/io/csv.hpp"
#include "runtime/train/trainer.hpp"
#include "runtime/train/weights.hpp"

namespace tenon::runtime {

// What a run is, but for its tensors.
struct run_record {
  std::string arguments;  // JSON of what settles the trajectory; the commands know its meaning
  weights_about about;
  position at;
  std::vector<epoch_values> epochs;  // that are done
  int best_epoch = 0;                // 0: none yet
  double best_score = 0;             // the larger the better
  std::size_t averaged = 0;          // weight_average::count()
};

// All of it but arguments and about, as JSON; and back, into those members. Numbers keep their
// bits, also where they are not finite. read_progress throws nlohmann::json::exception.
std::string progress_json(const run_record& r);
void read_progress(const std::string& text, run_record& r);

}  // namespace tenon::runtime
