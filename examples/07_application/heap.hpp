// Counts what the application takes from the heap.
#pragma once
#include <cstddef>

// Allocations of this thread so far.
std::size_t allocations() noexcept;
