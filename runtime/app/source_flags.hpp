// The flags that say how to read data, the same for every command that does.
#pragma once
#include <string>
#include <vector>

#include "runtime/data/source.hpp"

namespace CLI {
class App;
}

namespace tenon::runtime {

struct source_flags {
  std::vector<std::string> targets, features;  // columns of a table
  bool no_header = false, resize = false;
  std::string classes;  // file of names
};

void add_source_flags(CLI::App& command, source_flags& flags);
void add_class_flag(CLI::App& command, source_flags& flags);

// Flags come first; what they leave open, the weights remember.
source_options to_options(const source_flags& flags, const data_names& remembered = {});

}  // namespace tenon::runtime
