// The machine that a program is printed for, as far as passes choose by it.
#pragma once
#include <cstddef>

namespace tenon::codegen {

// What products of weights and samples are made of; sums are float32 throughout.
enum class precision : unsigned char { float32, tf32, bf16 };

struct machine {
  int block = 0;    // samples side by side; 0: 16 or 32, whatever suits the network
  int workers = 1;  // tiles that are worked on at the same moment, each by one of so many
  // Sums in registers that one worker can hold; passes that measure caches of a core know better.
  int most_sums = 12;
  // Copies of a gradient, one per part, take up to so many bytes; larger ones are summed whole.
  std::size_t partial_sums = 512 << 10;
  // Whether what one kernel leaves to the next stays near it, in a cache: Winograd's transforms and
  // strips of kernels count on that.
  bool keeps_near = true;
  std::size_t shared_bytes = 0;  // memory that the workers of a group share; 0: there is none
  precision products = precision::float32;  // less: by fragments of 16 rows and 8 samples
};

// A core of a CPU: half of its L2 holds what passes from kernel to kernel.
inline constexpr machine one_core{};

// A GPU: a warp works on the 32 samples of a block, one on each of the four schedulers of 132
// multiprocessors (H100, H200) at least. 64 sums and their operands fit the 168 registers that
// leave room for three groups of four warps.
inline constexpr machine warps{.block = 32,
                               .workers = 132 * 4,
                               .most_sums = 64,
                               .partial_sums = 4 << 20,
                               .keeps_near = false,
                               .shared_bytes = 48 << 10};

}  // namespace tenon::codegen
