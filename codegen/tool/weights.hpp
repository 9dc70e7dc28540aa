// Weights that are compiled in: the files that emitted source takes in where --embed was given.
#pragma once
#include <filesystem>

#include "codegen/tool/build.hpp"

namespace tenon::tool {

// A folder with NAME.blob, folded by the network's own program, and NAME.safetensors, a copy of
// `weights`. Compiles that program, unless the cache holds it. Throws a failure where the weights
// are not this network's.
std::filesystem::path prepare_weights(const std::filesystem::path& weights, const emitted& source,
                                      const request& asked, const installation& place,
                                      const workshop& shop);

}  // namespace tenon::tool
