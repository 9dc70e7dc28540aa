// Random numbers in a row, for what is drawn on the host: permutations, initial weights, inputs of
// checks and benches. Counter-based (runtime/core/random.hpp): a stream is settled by the seed, its
// purpose and an index, and nothing else.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

namespace tenon::runtime {

// Emitted code numbers its streams from 0 on; those of the host lie at the other end.
enum class purpose : std::uint32_t {
  epoch = 0xFFFF'FF00,  // index: the epoch
  validation_part,
  test_part,
  initial_weights,  // index: the parameter
  check,            // inputs of gradient checks and self-tests
  bench,
  bootstrap,
};

class random_stream {
 public:
  random_stream(std::uint64_t seed, purpose use, std::uint64_t index = 0)
      : seed_(seed), index_(index), use_(use) {}

  std::uint32_t next();
  double uniform();                      // in [0, 1), a multiple of 2^-53
  double normal();                       // mean 0, variance 1
  std::uint32_t below(std::uint32_t n);  // 0 … n - 1, each equally likely; n > 0

 private:
  std::uint64_t seed_, index_;
  purpose use_;
  std::uint64_t drawn_ = 0;
  std::array<std::uint32_t, 4> words_{};
  double spare_ = 0;  // the second normal of a pair
  bool has_spare_ = false;
};

// 0 … n - 1 in random order (Fisher and Yates).
std::vector<std::uint32_t> permutation(std::uint32_t n, random_stream stream);

}  // namespace tenon::runtime
