// Which samples train, validate and test, as indices; by the seed and the fractions alone.
#pragma once
#include <cstdint>
#include <vector>

#include "runtime/data/dataset.hpp"

namespace tenon::runtime {

struct split_options {
  double validation_fraction = 0, test_fraction = 0.2;
  std::uint64_t seed = 42;
};

// Indices in ascending order; `test` refers to source_data::test where the source has one, else to
// its training part.
struct split {
  std::vector<std::uint32_t> train, validation, test;
};

// First the test part is set apart (where the source has none of its own), then the validation part
// of the rest. Throws user_error if a fraction is outside [0, 1) or nothing is left for training.
split make_split(const source_data& source, const split_options& options);

// As many indices drawn from `part` with replacement, in ascending order (Breiman: "Bagging
// predictors", 1996).
std::vector<std::uint32_t> bootstrap(const std::vector<std::uint32_t>& part, std::uint64_t seed);

// The samples to test on: the source's own test part, or its training part (of which split::test
// are the indices).
const dataset& test_set(const source_data& source);

}  // namespace tenon::runtime
