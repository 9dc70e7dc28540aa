// Random values for a program's tensors, the same for the same name whatever passes did; and what a
// run left behind.
#pragma once
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "codegen/run_scalar.hpp"

namespace tenon::tests {

// std's engines are the same everywhere, its distributions are not.
class random_numbers {
 public:
  explicit random_numbers(std::uint64_t seed) : engine_(seed) {}
  double between(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() >> 11) * 0x1p-53;
  }
  int below(int limit) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(limit)); }
  bool chance(double probability) { return between(0, 1) < probability; }

 private:
  std::mt19937_64 engine_;
};

inline constexpr std::uint64_t mask_seed = 7,
                               mask_step =
                                   3;  // of dropout's masks, in all tests but those about masks

// Inputs, targets, parameters and buffers; everything else is zero. Buffers are positive, for some
// are variances.
codegen::scalar_state random_state(const codegen::program& p, std::size_t n, std::uint64_t seed);
void run(const codegen::program& p, codegen::scalar_state& s, std::size_t n);
codegen::scalar_state run_on_random_values(const codegen::program& p, std::size_t n,
                                           std::uint64_t seed);

// The random number in [0, 1) that a kernel of this stream draws.
double drawn_uniform(std::uint64_t seed, int stream, std::uint64_t step, std::size_t sample,
                     std::size_t element);

int tensor_named(const codegen::program& p, std::string_view name);  // throws where there is none
std::vector<double>& values_of(const codegen::program& p, codegen::scalar_state& s,
                               std::string_view name);

// What a caller of the network may look at: outputs, probabilities, loss, buffers, and gradients as
// "<parameter> gradient".
using results = std::map<std::string, std::vector<double>>;
results results_of(const codegen::program& p, const codegen::scalar_state& s);

// Empty where a and b hold the same names and agree to `tolerance`, relative to the largest value
// of each tensor (and at least to 1, for values that cancel). Else a sentence that names the worst
// tensor.
std::string difference(const results& a, const results& b, double tolerance);
double largest(const std::vector<double>& v);

}  // namespace tenon::tests
