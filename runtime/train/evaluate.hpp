// The serving network, folded from training weights, and its score on samples.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/core/network.hpp"
#include "runtime/data/dataset.hpp"
#include "runtime/train/confusion.hpp"
#include "runtime/train/image.hpp"
#include "runtime/train/metrics.hpp"

namespace tenon::runtime {

// An evaluator with the weights that it reads.
class folded_network {
 public:
  // image: image_floats, only read here. Throws user_error if the executable was built without the
  // eval mode.
  folded_network(const network_entry& network, std::span<const float> image, pool* threads);

  evaluator& run() { return *evaluator_; }
  std::span<const float> weights() const { return weights_.span(); }

 private:
  aligned_floats weights_;
  std::unique_ptr<evaluator> evaluator_;
};

// Throws user_error if the executable was built without the train mode.
std::unique_ptr<trainer_core> make_trainer(const network_entry& network, pool* threads);

// What the network says under `draws` draws of its noise: mean and standard deviation (over
// draws - 1) of each output, n x output size. x [n][input size]; logits: what enters the loss, not
// probabilities; draws >= 2. Throws user_error if the network has no noise, or the executable was
// built without the mode eval_mc.
struct sampled_outputs {
  std::vector<float> mean, deviation;
};
struct sampling {
  std::uint64_t seed = 42;
  std::size_t draws = 20;
  bool logits = false;
};
sampled_outputs sample(const network_entry& network, std::span<const float> image, pool* threads,
                       std::span<const float> x, const sampling& how);

struct evaluation {
  std::span<const float> target_deviation = {};  // of standardised targets (score_keeper)
  confusion_matrix* confusion = nullptr;         // counts too, where it is given
};

// The score on the samples with these indices.
score evaluate(evaluator& model, const network_info& network, const dataset& data,
               std::span<const std::uint32_t> part, const evaluation& how = {});

}  // namespace tenon::runtime
