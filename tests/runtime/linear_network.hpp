// A network written by hand behind the interface of emitted ones: y = W x + b with a loss, rows of
// W padded as emitted code pads them. It stands in for emitted code in tests of the runtime.
#pragma once
#include "runtime/core/network.hpp"

namespace tenon::test {

enum class mistake { none, in_emitted_gradient, in_twin_gradient };

// [1, 40] -> [10] classes, softmax cross-entropy, batches of 32: what MNIST-1D wants.
const network_entry& classifier(mistake m = mistake::none);
// [3] -> [2] values, mean squared error, batches of 8.
const network_entry& regressor();
// The classifier with a loss that counts each sample by its weight; its targets are class numbers,
// or shares of the classes.
const network_entry& weighted_classifier();
const network_entry& soft_classifier();
// The classifier, as if each batch norm saw one value per sample: a last batch of 1 must be left
// out.
const network_entry& normed_classifier();

}  // namespace tenon::test
