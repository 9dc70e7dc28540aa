// Gradients held against differences of the loss.
//
// The scalar twin (double precision) is held against central differences (L(w + h) - L(w - h)) / 2h
// of its own loss, with h = 1e-5 · max(1, |w|): a truncation error of about h² = 1e-10 and a
// rounding error of 2^-52 · |L| / h = 2e-11, so 1e-6 relative leaves room for curvature and catches
// any wrong term. The emitted code (float) is then held against the twin. Masks of dropout depend
// on seed and step alone, which stay the same.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/core/network.hpp"

namespace tenon::runtime {

struct gradient_check_options {
  std::uint64_t seed = 42, step = 0;
  std::size_t samples = 4;
  std::size_t elements =
      64;  // per parameter, both ends among them; fewer where the network is large;
           // 0: only the emitted gradients are checked, against the twin's
  double tolerance = 1e-6;  // relative, of the twin
  // Of the emitted gradients, in relative Euclidean norm per parameter. Float sums of K terms err
  // by √K · 6e-8, and a chain of layers multiplies that; the smallest mistake in a formula is some
  // hundred times this bound.
  double emitted_tolerance = 1e-3;
};

struct gradient_result {
  std::string layer, parameter;   // "input" for the network's input
  double max_relative_error = 0;  // of the twin against differences
  std::optional<double>
      emitted_error;  // none for the input, and where the executable has no train mode
  std::size_t checked = 0;
  std::size_t kinks =
      0;  // elements left out: the loss has a corner within h (a ReLU, a maximum that changes)
  bool ok = true;
};

// One result per parameter in order of declaration, then the input. Throws user_error without a
// scalar twin.
std::vector<gradient_result> check_gradients(const network_entry& network,
                                             const gradient_check_options& options, pool* threads);

}  // namespace tenon::runtime
