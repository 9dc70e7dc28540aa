// Where numbers stop being finite: in the samples, in the weights, or in a layer.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "runtime/core/network.hpp"
#include "runtime/data/dataset.hpp"

namespace tenon::runtime {

// Throws user_error if an input or a target of these samples is no finite number.
void require_finite_samples(const dataset& data, std::span<const std::uint32_t> indices);

// Whether no number of an image is infinite or NaN; as fast as memory is.
bool all_finite(std::span<const float> image);

// Which parameter or buffer of the image holds a number that is not finite, in words: of several,
// the last one, for what goes wrong in a backward pass spreads from late layers to early ones.
std::string not_finite(const network_info& network, std::span<const float> image);

// Which layer makes the loss of this batch a number that is not finite, in words. The batch is run
// again (forward alone), once per layer; the image is as before afterwards.
std::string cause_of_divergence(const network_info& network, trainer_core& trainer,
                                const batch& samples, const settings& s);

}  // namespace tenon::runtime
