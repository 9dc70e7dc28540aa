// The data that weights were trained on, for commands that look at training again.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/app/source_flags.hpp"
#include "runtime/core/network.hpp"
#include "runtime/data/dataset.hpp"
#include "runtime/train/weights.hpp"

namespace tenon::runtime {

// What --batch-size says; without it as many as the network takes. Throws user_error for more.
std::size_t batch_size_of(std::optional<std::size_t> asked, const network_info& network);

// To the units that the network was trained with.
void standardize(dataset& data, const weights_about& about);

struct training_part {
  dataset samples;                     // all that the source has not set apart itself, standardised
  std::vector<std::uint32_t> indices;  // of those that training had
};

// Names, units, and which samples were set apart for tests, are those that the weights remember.
training_part load_training_part(const std::string& data, const source_flags& flags,
                                 const network_info& network, const weights_about& about);

}  // namespace tenon::runtime
