// metrics.csv, as Keras's CSVLogger writes it: `epoch`, then the other columns sorted by name;
// missing values are NA.
#pragma once
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tenon::runtime {

class metrics_csv {
 public:
  metrics_csv(const std::filesystem::path& path, std::vector<std::string> columns);
  // One line, on disk when this returns. A column without a value, or with one that is not a
  // number, becomes NA.
  void add(int epoch, const std::vector<std::pair<std::string, double>>& values);

 private:
  std::filesystem::path path_;
  std::vector<std::string> columns_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

}  // namespace tenon::runtime
