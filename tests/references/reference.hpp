// What PyTorch computed, read from one file of data/ (make_references.py says what is in it), and
// how to compare with it.
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "runtime/io/safetensors.hpp"

namespace references {

class reference {
 public:
  explicit reference(const std::string& network);

  const tenon::runtime::tensor_view* find(const std::string& name) const {
    return file_.find(name);
  }
  const tenon::runtime::tensor_view& at(const std::string& name) const;
  std::span<const float> values(const std::string& name) const { return at(name).values; }
  std::size_t samples() const { return at("x").shape.at(0); }

  // Parameters and buffers: what is named "<layer>.<kind>", without a prefix.
  std::vector<std::string> parameter_names() const;

 private:
  tenon::runtime::safetensors_file file_;
};

// The largest difference, relative to the largest element expected; infinite where sizes differ or
// anything is not finite.
template <class A>
double difference(const A& actual, std::span<const float> expected) {
  if (actual.size() != expected.size()) return std::numeric_limits<double>::infinity();
  double largest = 0, worst = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double off = std::abs(static_cast<double>(actual[i]) - static_cast<double>(expected[i]));
    if (!std::isfinite(off)) return std::numeric_limits<double>::infinity();
    worst = std::max(worst, off);
    largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
  }
  return largest > 0 ? worst / largest : worst;
}

}  // namespace references
