// Scores as people read them: errors of values, rates per class, the confusion matrix.
#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "runtime/train/confusion.hpp"
#include "runtime/train/metrics.hpp"

namespace tenon::runtime {

// "mse 0.25  mae 0.4  r2 0.9"; r2 is "none" where it is not defined.
std::string text_of_errors(const score& s);

// One name per class: from `names`, else the class number.
std::vector<std::string> names_or_numbers(const std::vector<std::string>& names,
                                          std::size_t classes);

// A line per class with precision, recall, F1 and support, and their plain mean (as scikit-learn's
// "macro avg").
void print_rates(const confusion_matrix& m, const std::vector<std::string>& names,
                 std::ostream& out);
// Rows: truth; columns: prediction.
void print_matrix(const confusion_matrix& m, const std::vector<std::string>& names,
                  std::ostream& out);
// [{"class", "name", "precision", "recall", "f1", "support"}], null where a rate is not defined.
nlohmann::ordered_json rates_json(const confusion_matrix& m, const std::vector<std::string>& names);
// First line and first column: the classes' names.
void save_confusion_csv(const std::filesystem::path& path, const confusion_matrix& m,
                        const std::vector<std::string>& names);

}  // namespace tenon::runtime
