// What the loss does along the step that training would take: how far it can be trusted.
#pragma once
#include <span>
#include <vector>

#include "runtime/core/network.hpp"
#include "runtime/data/dataset.hpp"

namespace tenon::runtime {

// At weights w - rate g, where g is the gradient of the same batch at w (Santurkar et al., "How
// Does Batch Normalization Help Optimization?", 2018, figure 4).
struct landscape_point {
  double rate;
  double loss;
  double gradient_distance;  // |g(w - rate g) - g|, Euclidean: small where the gradient predicts
  double smoothness;         // that / |rate g|: the effective beta of this step
};

struct landscape {
  double loss;           // at w
  double gradient_norm;  // |g|
  std::vector<landscape_point> points;
};

// Training mode, with the same masks at every rate. The trainer's image is as before afterwards,
// running statistics included.
landscape explore_landscape(const network_info& network, trainer_core& trainer,
                            const batch& samples, settings s, std::span<const double> rates);

// n rates from least to most, equally far apart in their logarithm.
std::vector<double> logarithmic_rates(double least, double most, int n);

}  // namespace tenon::runtime
