// metrics.csv, as Keras's CSVLogger writes it: `epoch`, then the other columns sorted by name;
// missing values are NA.
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace tenon::runtime {

// What is known of an epoch, by name.
struct epoch_values {
  int epoch = 0;  // from 1
  std::vector<std::pair<std::string, double>> values;
};

class metrics_csv {
 public:
  explicit metrics_csv(std::vector<std::string> columns);
  // A column without a value, or with one that is not a number, becomes NA.
  void add(const epoch_values& row);
  const std::string& text() const { return text_; }

 private:
  std::vector<std::string> columns_;
  std::string text_ = "epoch";
};

}  // namespace tenon::runtime
