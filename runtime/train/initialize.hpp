// Initial weights.
// K. He et al.: "Delving deep into rectifiers", 2015: variance 2 / fan_in. X. Glorot, Y. Bengio:
// "Understanding the difficulty of training deep feedforward neural networks", 2010: variance 2 /
// (fan_in + fan_out).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "runtime/core/network.hpp"

namespace tenon::runtime {

// Fills the image: every parameter from its own stream of random numbers, so that none depends on
// its neighbours. With `instead`, weights of two or more dimensions take that initialiser and drawn
// biases become 0.
void initialize(const network_info& network, std::span<float> image, std::uint64_t seed,
                std::optional<initializer> instead = {});

// n values as parameter number `index` would get them.
void draw(const parameter_info& p, std::uint64_t seed, std::uint64_t index,
          std::span<float> values);

// "default" is none; throws user_error for unknown names.
std::optional<initializer> initializer_named(std::string_view name);

}  // namespace tenon::runtime
