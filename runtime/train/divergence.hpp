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

// Throws check_failed if a parameter or buffer of the image is no finite number. step: the number
// of steps that made it.
void require_finite_weights(const network_info& network, std::span<const float> image,
                            std::size_t step);

// Which layer makes the loss of this batch a number that is not finite, in words. The batch is run
// again (forward alone), once per layer; the image is as before afterwards.
std::string cause_of_divergence(const network_info& network, trainer_core& trainer,
                                const batch& samples, const settings& s);

}  // namespace tenon::runtime
