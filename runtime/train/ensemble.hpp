// Several trained networks as one: the mean of their probabilities, or of their values.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/train/evaluate.hpp"
#include "runtime/train/weights.hpp"

namespace tenon::runtime {

// Each member standardises the inputs by the statistics that it was trained with, so x comes as the
// source gives it.
class ensemble final : public evaluator {
 public:
  struct member {
    std::string file;
    weights_about about;
    std::unique_ptr<folded_network> network;
  };
  // At least one. Throws user_error for members whose classes have different names.
  ensemble(const network_info& network, std::vector<member> members);

  // What enters the loss. Of several that tell classes, the logarithm of the mean probabilities:
  // its softmax is those. Of values, the mean, in the first member's units. Of one member alone the
  // very bits that it gives.
  void run(const float* x, std::size_t n, float* y) override;
  void probabilities(const float* x, std::size_t n, float* p) override;
  void run_kernel(std::size_t index, std::size_t block) override;
  std::string_view target() const noexcept override;

  const weights_about& about() const { return members_.front().about; }  // of the first
  std::size_t size() const { return members_.size(); }
  // Throws user_error where the members' training set apart different test parts: what one has not
  // seen, another was trained on.
  void require_same_test_part(const std::string& source) const;

 private:
  enum class asked : unsigned char { outputs, probabilities };
  void each_batch(const float* x, std::size_t n, float* y, asked what);
  void batch_of(member& m, std::size_t n, float* y, asked what);
  void mean(std::size_t n, float* y, asked what);

  const network_info& network_;
  std::vector<member> members_;
  bool same_units_ = true;  // of targets that were standardised
  std::vector<float> raw_, x_, y_;
  std::vector<double> sum_;
};

}  // namespace tenon::runtime
