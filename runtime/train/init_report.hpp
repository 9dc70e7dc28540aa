// How far values and gradients spread behind each layer, before anything is trained.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/core/network.hpp"
#include "runtime/data/dataset.hpp"

namespace tenon::runtime {

struct layer_spread {
  std::string_view layer;
  double activation;  // deviation of its outputs, over samples and elements
  double gradient;    // of the loss's gradient there; NaN where none is needed, or where it is that
                      // of a sum behind
};

// One per layer that computes something, in order, for the weights of this image and one batch; in
// training mode, in double precision, by the scalar twin (so a second for a few hundred million
// operations). Throws user_error if the executable was built without the twin.
std::vector<layer_spread> spreads(const network_entry& network, std::span<const float> image,
                                  const batch& samples, std::uint64_t seed);

}  // namespace tenon::runtime
