// What the settings of a step come to for one parameter, whoever takes it: vectors of the CPU
// (step-inl.h) or a GPU (cuda_update.hpp).
#pragma once
#include <cstddef>

#include "runtime/core/emitted.hpp"

namespace tenon {

// Of the arena: places in it are those of the image.
struct update_memory {
  float* gradient;
  float* first;  // what the optimizer keeps
  float* second;
  float* image;
};

struct parameter_step {
  float rate;        // times that of the rule
  float decay;       // added to the gradient
  float lamb_decay;  // added to the direction
  float shrink;
  float l1, threshold;  // subgradient, proximal
  float max_norm;
  float limit;  // of each element of the gradient, where it is
  bool limited;
  bool frozen;
};

inline bool is_decoupled(const settings& s) {
  if (s.style == decay_style::by_method) return s.method == optimizer::adamw;
  return s.style == decay_style::decoupled;
}

inline parameter_step step_of(const settings& s, const parameter_place& p, std::size_t index) {
  const bool penalized = p.decays || s.decay_all;
  parameter_rule r;
  if (penalized) r.weight_decay = s.weight_decay, r.l1 = s.l1, r.max_norm = s.max_norm;
  if (index < s.rules.size()) r = s.rules[index];
  const bool lamb = s.method == optimizer::lamb, apart = is_decoupled(s) && !lamb;
  const float rate = s.learning_rate * r.rate;
  return {.rate = r.rate,
          .decay = apart || lamb ? 0.0F : r.weight_decay,
          .lamb_decay = lamb ? r.weight_decay : 0.0F,
          .shrink = apart ? 1 - rate * r.weight_decay : 1.0F,
          .l1 = s.l1_proximal ? 0.0F : r.l1,
          .threshold = s.l1_proximal ? rate * r.l1 : 0.0F,
          .max_norm = r.max_norm,
          .limit = s.clip,
          .limited = s.clips == clip_mode::value,
          .frozen = r.frozen};
}

}  // namespace tenon
