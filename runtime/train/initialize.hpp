// Initial weights.
// K. He et al.: "Delving deep into rectifiers", 2015: variance 2 / fan_in. X. Glorot, Y. Bengio:
// "Understanding the difficulty of training deep feedforward neural networks", 2010: variance 2 /
// (fan_in + fan_out). Y. LeCun et al.: "Efficient BackProp", 1998: variance 1 / fan_in. A. Saxe
// et al.: "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks",
// 2013: orthogonal matrices.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/core/network.hpp"

namespace tenon::runtime {

// What the command line asks for, instead of what layers do unless told otherwise.
struct initial_choice {
  initializer how = initializer::fan_in_uniform;
  double value = 0;
};

// Fills the image: every parameter from its own stream of random numbers, so that none depends on
// its neighbours. With `instead`, weights (of two or more dimensions) whose layer has no init<…> of
// its own take that initialiser, and their biases become 0.
void initialize(const network_info& network, std::span<float> image, std::uint64_t seed,
                const std::optional<initial_choice>& instead = {});

// As many values as parameter number `index` would get, row by row; not of row_norms.
void draw(const parameter_info& p, std::uint64_t seed, std::uint64_t index,
          std::span<float> values);

// "he_normal", "normal:0.01"; "default" is none. Throws user_error for what is not known.
std::optional<initial_choice> initializer_named(std::string_view name);

// A sentence per layer whose units begin alike and are read alike by the layer behind: they get
// equal gradients and stay alike, however long they are trained. Reads only the image; layers
// count in order of declaration.
std::vector<std::string> symmetries(const network_info& network, std::span<const float> image);

}  // namespace tenon::runtime
