// A network's weights as safetensors files: the declared network's parameters and buffers,
// unfolded.
#pragma once
#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/core/network.hpp"
#include "runtime/data/standardize.hpp"
#include "runtime/io/safetensors.hpp"

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

// As safetensors files keep it, with the network's name and signature; and back. Missing entries
// have their defaults; throws user_error for those that cannot be read.
metadata to_metadata(const network_info& network, const weights_about& about);
weights_about from_metadata(const metadata& m);

// A parameter's or buffer's shape as tensors have it.
std::vector<std::size_t> tensor_shape(const parameter_info& p);
// By name, as views of what image.hpp's unpack() gave.
std::vector<tensor_view> tensors_of(const network_info& network, std::span<const float> unpacked);

// The metadata get `hash`, that of the image.
void save_weights(const std::filesystem::path& path, const network_info& network,
                  std::span<const float> image, const weights_about& about,
                  outlives what = outlives::power_loss);

// Fills `image` (image_floats) or throws user_error: names, shapes and types must agree, and so
// must `hash`, where the metadata have it; `num_batches_tracked` is left unread. A file of another
// network (by its signature) whose names and shapes agree is accepted.
weights_about load_weights(const std::filesystem::path& path, const network_info& network,
                           std::span<float> image);
// The same of a file in memory, which errors call `label`.
weights_about load_weights(std::span<const std::byte> file, std::string_view label,
                           const network_info& network, std::span<float> image);

// The same, to begin a training with: parameters and buffers that one of the patterns matches
// (shell wildcards: "linear_3.*") keep what `image` holds, whatever the file has for them. A
// pattern without a match is a user_error.
void load_weights_except(const std::filesystem::path& path, const network_info& network,
                         std::span<float> image, std::span<const std::string> patterns);

// xxh3-128 of all parameters and buffers in order: logical, unpadded, little-endian float32.
std::string hash(const network_info& network, std::span<const float> image);

}  // namespace tenon::runtime
