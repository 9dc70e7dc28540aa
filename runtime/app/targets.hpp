// The instruction sets that a network was compiled for, one at a time.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/core/network.hpp"

namespace tenon::runtime {

struct simd_target {
  std::int64_t bit;  // Highway's
  std::string name;  // "AVX2"
  bool fma;          // those that have it agree bit for bit, and so do those without
};

// Targets that this CPU has and the network was compiled for, best first. A network of a single
// target has that one.
std::vector<simd_target> usable_targets(const network_entry& network);

// Networks that are opened during its life take this target. One at a time, on one thread.
class only_target {
 public:
  explicit only_target(const simd_target& t);
  ~only_target();
  only_target(const only_target&) = delete;
  only_target& operator=(const only_target&) = delete;
};

}  // namespace tenon::runtime
