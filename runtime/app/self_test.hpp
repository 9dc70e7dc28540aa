// What `doctor` tries: whether this network computes the same on threads, on every SIMD target of
// this CPU, and as its double twin.
#pragma once
#include "runtime/app/context.hpp"

namespace tenon::runtime {

// Prints a line per check; true if all hold.
bool self_test(const context& where, unsigned threads);
// The same of a network that runs on a GPU: bits from one run to the next, and its double twin.
bool device_self_test(const context& where);

}  // namespace tenon::runtime
