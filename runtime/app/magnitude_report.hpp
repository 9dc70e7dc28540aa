// How large a network's weights are, and what would be left of each if only the largest of all were
// kept: what pruning by magnitude would do.
#pragma once
#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/core/network.hpp"

namespace tenon::runtime {

inline constexpr std::array magnitude_quantiles{0.1, 0.5, 0.9, 1.0};
inline constexpr std::array magnitude_shares{0.5, 0.2, 0.1};  // of all weights, that are kept

struct magnitude {
  std::string_view name;  // of the weight
  std::size_t count = 0, zeros = 0;
  // The smallest |w| that so large a part of the values does not exceed.
  std::array<float, magnitude_quantiles.size()> quantiles{};
  // Of its values: what is at least as large as the smallest of those kept in the whole network. So
  // equal values stay or go together, and their order has no say.
  std::array<double, magnitude_shares.size()> kept{};
};

// One for each weight, biases and norms left out, in order of declaration. image: as in training.
std::vector<magnitude> magnitudes(const network_info& network, std::span<const float> image);

}  // namespace tenon::runtime
