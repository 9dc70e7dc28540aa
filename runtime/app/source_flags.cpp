#include "runtime/app/source_flags.hpp"

#include <CLI/CLI.hpp>

#include "runtime/data/class_names.hpp"

namespace tenon::runtime {

void add_source_flags(CLI::App& command, source_flags& flags) {
  command
      .add_option("--target", flags.targets,
                  "csv: target column, or a,b,c for several (default: the weights', else the last)")
      ->delimiter(',');
  command
      .add_option("--features", flags.features,
                  "csv: feature columns a,b,c (default: the weights', else all but the target)")
      ->delimiter(',');
  command.add_flag("--no-header", flags.no_header,
                   "csv: the first line is data; columns are named 1, 2, …");
  command.add_flag("--resize", flags.resize,
                   "pictures: bring others to the network's size (bilinear, antialiased)");
}

void add_class_flag(CLI::App& command, source_flags& flags) {
  command.add_option("--classes", flags.classes,
                     "text file with the classes' names, one per line (default: the weights', else "
                     "the data's)");
}

source_options to_options(const source_flags& flags, const data_names& remembered) {
  source_options options{.names = remembered, .header = !flags.no_header, .resize = flags.resize};
  if (!flags.targets.empty()) options.names.targets = flags.targets;
  if (!flags.features.empty()) options.names.features = flags.features;
  if (!flags.classes.empty()) options.names.classes = read_class_names(flags.classes);
  return options;
}

}  // namespace tenon::runtime
