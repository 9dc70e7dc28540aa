// What may be tuned: tiles and loop orders among which bits do not differ.
#pragma once
#include <string>
#include <vector>

#include "codegen/program.hpp"

namespace tenon::codegen {

// Whether kernel number i is a contraction whose tile is a choice.
bool is_tunable(const program& p, std::size_t i);

// Of the kernel's shapes, addresses and expression: the same for kernels that are printed once.
std::string tuning_key(const program& p, std::size_t i);

// The schedule's own choice first, then what the cost model ranks highest; at most `most`.
std::vector<tile_choice> tile_choices(const program& p, std::size_t i, std::size_t most);

}  // namespace tenon::codegen
