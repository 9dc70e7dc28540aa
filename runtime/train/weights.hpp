// A network's weights as safetensors files: the declared network's parameters and buffers,
// unfolded.
#pragma once
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "runtime/core/network.hpp"
#include "runtime/data/standardize.hpp"

namespace tenon::runtime {

// What a weights file says about itself. All of it may be missing in files of other programs.
struct weights_about {
  statistics standardize;  // of the inputs that the network was trained with
  statistics target;       // of the targets, where they were standardised too
  data_names names;
  std::string data;  // xxh3-128 of the data
  std::uint64_t seed =
      42;  // with `test_fraction`: which samples a source without a test part set apart
  double test_fraction = 0.2;
};

void save_weights(const std::filesystem::path& path, const network_info& network,
                  std::span<const float> image, const weights_about& about);

// Fills `image` (image_floats) or throws user_error: names, shapes and types must agree;
// `num_batches_tracked` is left unread. A file of another network (by its signature) whose names
// and shapes agree is accepted.
weights_about load_weights(const std::filesystem::path& path, const network_info& network,
                           std::span<float> image);

// xxh3-128 of all parameters and buffers in order: logical, unpadded, little-endian float32.
std::string hash(const network_info& network, std::span<const float> image);

}  // namespace tenon::runtime
