// Emitted code against run_scalar: the same parameters, inputs and seeds through both. The oracle
// runs once per draw(), whatever number of targets and pools is then held to it.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "codegen/lower.hpp"
#include "codegen/run_scalar.hpp"
#include "runtime/core/network.hpp"
#include "runtime/core/pool.hpp"
#include "runtime/train/image.hpp"
#include "tests/codegen/values.hpp"

namespace tenon::tests {

// The largest difference of a tensor's values, relative to its largest expected value, and to
// `floor` at least: sums that cancel have no digits to agree in.
struct deviation {
  std::string what;
  double relative = 0;
};

class agreement {
 public:
  static constexpr double floor = 0.05;

  agreement(const codegen::declaration& d, const network_entry& entry, std::uint64_t seed);

  // Random data for n samples, and what is expected of them.
  void draw(std::size_t n);

  // Outputs and probabilities, with norms folded.
  std::vector<deviation> check_eval(pool* threads) const;
  // Outputs and probabilities of two draws with the noise left on; nothing where there is none.
  std::vector<deviation> check_sampling(pool* threads) const;
  // Outputs, loss, gradients and running statistics of a training step.
  std::vector<deviation> check_train(pool* threads) const;

  // A batch norm over one value knows no variance.
  bool can_train() const {
    return info_.norm_positions == 0 || n_ * static_cast<std::size_t>(info_.norm_positions) > 1;
  }
  std::size_t samples() const { return n_; }

 private:
  void draw_parameters();
  codegen::scalar_state expected(const codegen::program& p, std::uint64_t step) const;

  const network_info& info_;
  const network_entry& entry_;
  codegen::program train_, eval_, eval_mc_;
  random_numbers random_;
  std::map<std::string, std::vector<double>> parameters_;
  runtime::aligned_floats image_;
  std::size_t n_ = 0;
  std::vector<float> x_, values_, weights_;
  std::vector<std::int32_t> classes_;
  codegen::scalar_state expected_eval_, expected_train_, expected_draw_[2];
};

}  // namespace tenon::tests
