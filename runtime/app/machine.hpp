// How fast this machine is: what benches are held against, measured in the same run.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "runtime/core/pool.hpp"

namespace tenon::runtime {

struct copy_speed {
  std::size_t bytes;        // read and written together
  double bytes_per_second;  // on one thread
};

struct machine_speed {
  double flops_per_second;         // fused multiply-adds (two each) of floats, on one thread
  double flops_per_second_all;     // on all threads of the pool together
  std::vector<copy_speed> copies;  // from first-level cache to memory, by size

  // Of the smallest measured size that holds so many bytes: where such data can lie between two
  // calls.
  double bytes_per_second(double bytes) const;
};

machine_speed measure_machine(pool& threads);

// Instruction sets of this CPU that Highway knows, best first.
std::vector<std::string> supported_targets();

}  // namespace tenon::runtime
