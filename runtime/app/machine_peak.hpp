// Loops that run as fast as the machine can, compiled for every instruction set.
#pragma once
#include <cstddef>
#include <string>

namespace tenon::runtime {

// Fused multiply-adds of floats on independent registers; nothing else. Returns a sum of all
// results, so that nothing can be left out; `flops` becomes what was computed, two per multiply-add
// and lane.
float multiply_add_loop(std::size_t rounds, double& flops);

// to[i] = from[i] for `n` floats, both at multiples of 64 bytes.
void copy_loop(const float* from, float* to, std::size_t n);

// Of the library that this was compiled with.
std::string highway_version();

}  // namespace tenon::runtime
