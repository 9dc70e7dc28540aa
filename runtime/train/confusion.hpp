// Which class was taken for which, and the rates that follow.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tenon::runtime {

struct class_rates {
  // None where nothing was predicted as this class, or nothing of it was there.
  std::optional<double> precision, recall;
  std::optional<double> f1;   // none where neither was
  std::uint64_t support = 0;  // samples of this class
};

class confusion_matrix {
 public:
  explicit confusion_matrix(std::size_t classes);

  // y [n, classes]: the greatest output is the prediction, the first one of equals.
  void add(std::span<const float> y, std::span<const std::int32_t> truth);

  std::size_t classes() const { return classes_; }
  std::uint64_t count(std::size_t truth, std::size_t prediction) const {
    return counts_[truth * classes_ + prediction];
  }
  class_rates rates(std::size_t of) const;

 private:
  std::size_t classes_;
  std::vector<std::uint64_t> counts_;
};

}  // namespace tenon::runtime
