// A network's files: names, banners, tables. The text depends on the network and the options alone.
#pragma once
#include <string>
#include <vector>

#include "codegen/lower.hpp"
#include "codegen/machine.hpp"

namespace tenon::codegen {

struct emit_options {
  int batch = 64;
  std::string source;            // how the heading calls the declaring header: "lenet.hpp"
  bool exact = false;            // no pass that rounds more than the plain sum does: winograd is off
  tuning tuned{};                // tiles that `tenon tune` measured
  std::string tuned_by{};        // its file's name; empty without one
  std::vector<std::string> off;  // passes to leave out, and "drop_identities", "merge_affine"
  bool standalone = false;       // the folder also holds what the source includes of Tenon
  bool embed = false;            // an accessor of weights that are compiled in: <name>_weights.*
  bool cuda = false;             // the network on a GPU beside: emitted/<name>_cuda.hpp, <name>.cu
  precision products = precision::float32;  // on a GPU
};

struct emitted_file {
  std::string path;  // relative: "emitted/lenet.hpp"
  std::string text;
};

std::vector<emitted_file> emit(const declaration& d, const emit_options& options);

// Writes those files whose text differs from what is there, and removes what the folder's manifest
// lists and the new one does not; returns how many were written. Throws std::runtime_error naming
// the file.
int write_files(const std::vector<emitted_file>& files, const std::string& folder);

// Takes over "float32", "tf32" or "bf16"; false for another word.
bool read_precision(emit_options& options, std::string_view name);

// Takes over a file of `tenon tune`; none for an empty name. Throws std::runtime_error where it
// cannot be read.
void read_tuned(emit_options& options, const std::string& file);

// main() of a generator: --output DIR [--batch N] [--source NAME] [--off PASS]... [--exact]
// [--standalone] [--embed] [--cuda] [--tuned FILE].
int generate(const declaration& d, int argc, char** argv);

}  // namespace tenon::codegen
