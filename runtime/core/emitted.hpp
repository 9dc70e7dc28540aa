// What an emitted header stands on: error codes, settings of a training step. Free of Highway, of
// the heap and of exceptions.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

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
  // of networks on a GPU
  no_device,
  device_unsupported,  // its compute capability is not among those that were compiled
  device_out_of_memory,
  device_failed,      // lost, or a kernel that went wrong: what lies on it is gone
  not_device_memory,  // an array that should lie on the GPU does not
  not_host_memory,    // or the other way round
};
const char* text(error e) noexcept;

// The formulas stand in optimizer_rules-inl.h, the numbers that PyTorch takes where nothing is said
// in defaults().
enum class optimizer : std::uint8_t {
  sgd,
  adam,
  adamw,
  adagrad,
  adadelta,
  rmsprop,
  rmsprop_tf,  // epsilon inside of the root, squares begin at 1: as TensorFlow 1 had it
  adamax,
  nadam,
  lamb,
};

// Where weight decay enters. Coupled: added to the gradient, as the gradient of decay / 2 |w|^2 is.
// Decoupled: w shrinks by rate * decay beside the step (Loshchilov and Hutter, 2019).
enum class decay_style : std::uint8_t {
  by_method,  // decoupled for adamw; lamb adds it to what its trust ratio scales; coupled otherwise
  coupled,
  decoupled,
};

enum class clip_mode : std::uint8_t {
  none,
  norm,   // all gradients together are scaled to the norm `clip` at most
  value,  // each element is limited to [-clip, clip]
  agc,    // each unit's to `clip` times the norm of its weights (Brock et al., 2021)
};

// What a largest norm is the norm of: what enters one unit (a row of a weight), or a whole weight.
enum class norm_of : std::uint8_t { unit, layer };

// How one parameter is updated, where it is not as the settings say.
struct parameter_rule {
  float rate = 1;          // times the learning rate
  float weight_decay = 0;  // instead of the settings'
  float l1 = 0;
  float max_norm = 0;   // 0: none
  bool frozen = false;  // its bits stay
};

// Of one training step. Everything that changes from step to step comes in here: an emitted network
// has no hidden state but its arena. T is float; tests and lessons run the same formulas on double.
template <class T>
struct basic_settings {
  optimizer method = optimizer::sgd;
  bool nesterov = false;
  bool decay_all = false;  // penalties on biases and norms too
  T learning_rate = T(0.05);
  // sgd: v = momentum v + g (first v = g), as PyTorch; rmsprop: the same of what it divides.
  T momentum = T(0.9);
  bool ema_momentum = false;  // sgd: v = momentum v + (1 - momentum) g
  T weight_decay = 0;
  // Decay of the gradients' mean and of that of their squares: the Adam family; of squares alone:
  // rmsprop (where PyTorch says alpha), adadelta (rho).
  T beta1 = T(0.9), beta2 = T(0.999), epsilon = T(1e-8);
  std::uint64_t seed = 42;  // of dropout masks
  std::uint64_t step = 0;   // 0 for the first step; numbers the masks and Adam's bias correction
  std::uint32_t first_sample = 0;  // where a batch that is a part of a step begins in it: for masks

  decay_style style = decay_style::by_method;
  clip_mode clips = clip_mode::none;
  T clip = 0;
  T l1 = 0;                  // l1 sum |w|: its subgradient is added to the gradient, sgn 0 = 0,
  bool l1_proximal = false;  // or w is moved towards 0 by rate * l1, and stays there: exact zeros
  T max_norm = 0;            // 0: none
  norm_of norms = norm_of::unit;
  // One for each parameter (not buffer) in order of declaration, or none: then weights decay as
  // said here and biases and norms do not.
  std::span<const parameter_rule> rules = {};
  // [n], for losses that were declared `weighted`: how much each sample counts. The loss is the sum
  // of weight * loss over n: weights of mean 1 make it a weighted mean. Null: all 1.
  const float* sample_weights = nullptr;
};
using settings = basic_settings<float>;

// What PyTorch 2 takes where nothing is said, but for sgd (learning rate 0.05, momentum 0.9) and
// weight decay, which is 0. rmsprop_tf and lamb: as timm, but for weight decay.
template <class T = float>
constexpr basic_settings<T> defaults(optimizer method) {
  basic_settings<T> s;
  s.method = method;
  if (method == optimizer::sgd) return s;
  s.learning_rate = T(1e-3), s.momentum = 0;
  if (method == optimizer::adagrad) s.learning_rate = T(1e-2), s.epsilon = T(1e-10);
  if (method == optimizer::adadelta) s.learning_rate = 1, s.beta2 = T(0.9), s.epsilon = T(1e-6);
  if (method == optimizer::rmsprop) s.learning_rate = T(1e-2), s.beta2 = T(0.99);
  if (method == optimizer::rmsprop_tf) {
    s.learning_rate = T(1e-2), s.beta2 = T(0.9), s.epsilon = T(1e-10), s.momentum = T(0.9);
  }
  if (method == optimizer::adamax || method == optimizer::nadam) s.learning_rate = T(2e-3);
  if (method == optimizer::lamb) s.epsilon = T(1e-6);
  return s;
}

// Where a parameter lies in the image, for updates. Row r: row floats at offset + r * stride.
struct parameter_place {
  std::size_t offset, floats;  // with padding, which holds zeros: a multiple of 16
  std::size_t rows, row, stride;
  bool decays;  // by default
};

}  // namespace tenon
