// Which weights a command works with.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "runtime/app/context.hpp"
#include "runtime/train/ensemble.hpp"
#include "runtime/train/weights.hpp"

namespace tenon::runtime {

// Those of the file; without one, those that were compiled in. Throws user_error where there are
// none either.
weights_about weights_of(const context& where, const std::string& file, std::span<float> image);

// Of all these files, or of what was compiled in, ready to serve.
ensemble ensemble_of(const context& where, const std::vector<std::string>& files, pool& threads);

}  // namespace tenon::runtime
