// Names of classes from text files, one per line.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace tenon::runtime {

// Throws user_error for a file that cannot be read, an empty line between names or a name given
// twice.
std::vector<std::string> read_class_names(const std::filesystem::path& path);

// Of classes.txt, class_names.txt or batches.meta.txt (CIFAR-10's) in the folder, the first that
// exists; empty without any.
std::vector<std::string> class_names_in(const std::filesystem::path& folder);

}  // namespace tenon::runtime
