// The emitted networks that were linked; defined by the tables.cc that emit_networks writes.
#pragma once
#include <span>

#include "runtime/core/network.hpp"

std::span<const tenon::network_entry* const> entries();
// The same as they run on a GPU; defined by cuda_tables.cc.
std::span<const tenon::network_entry> cuda_entries();
