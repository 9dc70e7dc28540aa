// From --input to what a network takes.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "runtime/app/commands.hpp"
#include "runtime/train/weights.hpp"

namespace tenon::runtime {

struct prediction_inputs {
  std::vector<float> x;             // [n, …input shape], scaled and standardised
  std::vector<std::string> labels;  // [n]: file names, or numbers from 0 for rows of one file
};

// One .npy or .csv file, or pictures: files and folders of them; not standardised. Throws
// user_error.
prediction_inputs load_inputs(const predict_options& o, const network_info& network,
                              const weights_about& about);

}  // namespace tenon::runtime
