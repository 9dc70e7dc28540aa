// What an emitted header stands on: error codes, settings of a training step. Free of Highway, of
// the heap and of exceptions.
#pragma once
#include <cstddef>
#include <cstdint>

namespace tenon {

class pool;  // runtime/core/pool.hpp; owned by the caller

enum class error : std::uint8_t {
  none,
  arena_too_small,
  arena_misaligned,  // an arena begins at a multiple of 64 bytes
  weights_missing,   // nothing embedded and nothing given
  weights_wrong_size,
  weights_not_a_blob,  // magic bytes or version
  weights_of_another_network,
  weights_misaligned,
  target_unsupported,  // this CPU has none of the instruction sets that were compiled
};
const char* text(error e) noexcept;

enum class optimizer : std::uint8_t { sgd, adam, adamw };

// Of one training step. Everything that changes from step to step comes in here: an emitted network
// has no hidden state but its arena.
struct settings {
  optimizer method = optimizer::sgd;
  bool nesterov = false;
  bool decay_all = false;  // weight decay on biases and norms too
  float learning_rate = 0.05F;
  float momentum = 0.9F;   // sgd: v = momentum v + g (first v = g), as PyTorch
  float weight_decay = 0;  // sgd, adam: added to the gradient; adamw: decoupled
  float beta1 = 0.9F, beta2 = 0.999F, epsilon = 1e-8F;  // adam, adamw
  std::uint64_t seed = 42;                              // of dropout masks
  std::uint64_t step = 0;  // 0 for the first step; numbers the masks and Adam's bias correction
};

}  // namespace tenon
