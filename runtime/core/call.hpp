// What a kernel of emitted code is told besides where its tensors lie.
#pragma once
#include <cstddef>
#include <cstdint>

namespace tenon {

struct block_call {
  std::size_t live = 0;  // samples of this block that exist; the lanes behind them hold zeros
  float batch_size = 1;  // n, samples of the whole call
  std::uint32_t first_sample = 0;    // position of the block's first sample in the step
  std::uint64_t seed = 0, step = 0;  // of random numbers
};

// One element of a tensor that exists once per part: its parts added in order.
constexpr float sum_over_parts(const float* element, std::size_t parts,
                               std::size_t part_stride) noexcept {
  float sum = element[0];
  for (std::size_t p = 1; p < parts; ++p) sum += element[p * part_stride];
  return sum;
}

}  // namespace tenon
