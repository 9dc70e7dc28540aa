// How much each sample counts in training: by its class, by a file.
#pragma once
#include <string>
#include <vector>

#include "runtime/core/network.hpp"
#include "runtime/data/dataset.hpp"
#include "runtime/data/split.hpp"

namespace CLI {
class App;
}

namespace tenon::runtime {

struct weighting_flags {
  std::vector<std::string> classes;  // a weight per class, or `balanced`
  std::string samples;               // npy file
};

template <class Flags, class F>
void each_weighting_field(Flags& w, F f) {
  f("class_weights", w.classes);
  f("sample_weights", w.samples);
}

void add_weighting_flags(CLI::App& command, weighting_flags& flags);

// A weight per class. `balanced`: samples / (classes * samples of the class), over `part`, as
// scikit-learn has it; 0 for a class that is not there.
std::vector<double> class_weights(const std::vector<std::string>& flag, const dataset& data,
                                  std::span<const std::uint32_t> part, const network_info& network);

// Gives the training data their weights: of the class times that of the sample. Throws user_error
// for weights that do not fit, and for a network whose loss was not declared `weighted`.
void weigh(dataset& data, std::span<const std::uint32_t> part, const weighting_flags& flags,
           const network_info& network);

}  // namespace tenon::runtime
