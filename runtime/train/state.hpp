// The file `state` of a run folder: all that a run needs to go on to the same bits, in one file.
// A safetensors file: parameters and buffers by their names, `optimizer.1.NAME` and so on what the
// optimizer keeps of each, `best.NAME` the best weights, `average.NAME` averaged ones; the rest
// lies in the metadata, with `xxh3`, the hash of the whole file.
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "runtime/core/network.hpp"
#include "runtime/io/error.hpp"
#include "runtime/train/run_record.hpp"

namespace tenon::runtime {

// The file is damaged: something in it is not what was written.
class state_error : public user_error {
  using user_error::user_error;
};

// Laid out as the training image; `optimizer` as trainer_core::optimizer_state.
struct run_tensors {
  std::span<const float> image, optimizer;
  std::span<const float> best;          // may be empty
  std::span<const float> average = {};  // of weight_average; may be empty
};

void save_state(const std::filesystem::path& path, const network_info& network,
                const run_record& record, const run_tensors& tensors);

struct saved_state {
  run_record record;
  std::vector<float> image;
  std::vector<std::vector<float>> optimizer;  // slots, each laid out as the image; the others: zero
  std::vector<float> best, average;           // may be empty
};

// Throws state_error for a damaged file, user_error for one that is missing or of another network.
// Takes no more memory than a few times the file's size.
saved_state load_state(const std::filesystem::path& path, const network_info& network);

// Gives image and optimizer's state to a trainer that was made just now.
void restore(const saved_state& saved, trainer_core& trainer);

}  // namespace tenon::runtime
