// `tenon emit` and `tenon build`: from a header to source, and to a program that trains and serves.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "codegen/tool/generator.hpp"
#include "codegen/tool/installation.hpp"
#include "codegen/tool/nvcc.hpp"
#include "codegen/tool/workshop.hpp"

namespace tenon::tool {

// The folder of emitted source, inside the cache, and the network's name.
struct emitted {
  std::filesystem::path folder;
  std::string name;
};

// Compiles and runs the network's generator. Throws a failure with the compiler's message where the
// network is wrong.
emitted emit(const request& asked, const installation& place, const workshop& shop);

// With which emitted source is compiled, but for the level of optimisation.
std::vector<std::string> source_options(const emitted& source, const request& asked,
                                        const installation& place, const compiler& cxx);

// For GPUs too: with what, and of which compute capabilities (90: 9.0), ascending.
struct cuda_build {
  nvcc with;
  std::vector<int> architectures;
};

// With which the emitted CUDA unit is compiled.
std::vector<std::string> unit_options(const emitted& source, const installation& place,
                                      const std::vector<int>& architectures);

// Writes NAME_compute_90.ptx and so on: what the unit's kernels become.
void write_ptx(const emitted& source, const installation& place, const workshop& shop,
               const cuda_build& gpu, const std::filesystem::path& folder);

// Compiles emitted source and links it with the runtime. weights: the folder of prepare_weights();
// empty for a program without any. gpu: null for the CPU alone; else the source was asked for with
// `cuda`.
std::filesystem::path build(const emitted& source, const request& asked, const installation& place,
                            const workshop& shop, const std::filesystem::path& weights = {},
                            const cuda_build* gpu = nullptr);

// Copies what differs, so that files which say the same as before keep their time, and removes what
// only the earlier manifest in `to` lists. Returns how many were written.
int publish(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace tenon::tool
