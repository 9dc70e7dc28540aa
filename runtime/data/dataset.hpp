// Samples and their targets in memory, as a source delivers them and as a network takes them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/core/network.hpp"

namespace tenon::runtime {

// Of inputs: one mean and deviation for each element of a sample, or for each channel.
// `column` is `pixel` under the name that tables have for it.
enum class standardization : std::uint8_t { none, pixel, channel, column };

struct dataset {
  std::vector<std::size_t> shape;     // of one sample
  std::vector<float> x;               // [samples, …shape]
  std::vector<std::int32_t> classes;  // [samples], or empty:
  std::vector<std::size_t> target_shape;
  std::vector<float> targets;  // [samples, …target shape]
  std::vector<float> weights;  // [samples], how much each counts in training, or empty: alike

  std::size_t sample_size() const;
  std::size_t samples() const;
  const float* sample(std::size_t i) const { return x.data() + i * sample_size(); }
};

// Names that go with the data, where the source knows any; kept in the weights' metadata.
struct data_names {
  std::vector<std::string> classes;            // by class number
  std::vector<std::string> features, targets;  // columns of a table, in order
};

// What a SOURCE delivers.
struct source_data {
  std::string name;  // as given
  dataset train;
  std::optional<dataset> test;
  data_names names;
  standardization by_default = standardization::none;
  bool splits = true;  // without a test part: a fraction of the training part serves as one
};

// Of a network whose targets are distributions over classes: gives the data that have class numbers
// alone a 1 for each sample's class and 0 for the others, and those that have distributions alone
// the class with the largest share. Leaves the data of other networks as they are.
void complete_targets(dataset& data, const network_info& network);

// Throws user_error unless each sample fits the network's input (equal shapes, equal after
// flattening, or but for dimensions of 1) and each target its loss. `what` names the part in
// messages.
void require_fit(const dataset& data, const network_info& network, const std::string& what);
void require_input_fit(std::span<const std::size_t> sample, const network_info& network,
                       const std::string& what);

// Copies the samples with these indices to x [n, …input shape] and their targets to `target`, laid
// out as trainer_core::gradients wants them; and their weights, scaled to a mean of 1, so that the
// batch's loss is sum(weight * loss) / sum(weight).
class batch {
 public:
  explicit batch(const network_info& network, std::size_t capacity);
  void gather(const dataset& data, std::span<const std::uint32_t> indices);

  std::size_t size() const { return n_; }
  const float* x() const { return x_.data(); }
  const void* target() const;
  std::span<const std::int32_t> classes() const {
    return std::span(classes_).first(tells_classes_ ? n_ : 0);
  }
  std::span<const float> values() const { return std::span(values_).first(n_ * target_size_); }
  const float* weights() const { return weights_.empty() ? nullptr : weights_.data(); }

 private:
  void gather_weights(const dataset& data, std::span<const std::uint32_t> indices);

  bool is_class_, tells_classes_;
  std::size_t input_size_, target_size_, n_ = 0;
  std::vector<float> x_, values_, weights_;
  std::vector<std::int32_t> classes_;
};

// Elements of an array with this shape.
std::size_t count(std::span<const std::size_t> shape);
std::size_t count(std::span<const int> shape);
// "[1, 28, 28]"
std::string text(std::span<const std::size_t> shape);
std::string text(std::span<const int> shape);

}  // namespace tenon::runtime
