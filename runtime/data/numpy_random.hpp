// NumPy's legacy random stream (numpy.random.seed): a Mersenne Twister and what NumPy makes of its
// outputs. Only for rebuilding data sets that were made with it; everything else draws from
// random_stream.
#pragma once
#include <cstdint>
#include <random>
#include <vector>

namespace tenon::runtime {

class numpy_random {
 public:
  explicit numpy_random(std::uint32_t seed) : twister_(seed) {}

  double uniform();                               // [0, 1)
  double normal();                                // Marsaglia's polar method
  std::uint32_t integer(std::uint32_t greatest);  // 0 … greatest
  std::vector<std::uint32_t> permutation(std::uint32_t n);

 private:
  std::mt19937 twister_;
  double kept_ = 0;
  bool has_kept_ = false;
};

}  // namespace tenon::runtime
