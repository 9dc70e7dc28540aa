// MNIST-1D: 5,000 generated signals of 40 values, ten digit-like shapes, 4,000 of them for
// training. S. Greydanus, D. Kobak: "Scaling down deep learning with MNIST-1D", ICML 2024;
// arXiv:2011.14439.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/data/dataset.hpp"

namespace tenon::runtime {

struct mnist1d_options {
  int per_digit = 500;
  std::uint32_t seed = 42;  // of the frozen set that the authors publish
};

// One signal, and what was drawn for it (so that tests can hold the draws against the published
// ones).
struct mnist1d_signal {
  static constexpr std::size_t length = 40;
  std::array<double, length> values;
  int padding, shift;
  double first_uniform, scale, shear;
};

// The signals in the order in which they are made: all of digit 0, then of digit 1, …; not yet
// standardised.
std::vector<mnist1d_signal> mnist1d_signals(const mnist1d_options& options,
                                            std::vector<std::uint32_t>* order);

// The whole set in its final order, standardised, in double precision.
struct mnist1d_set {
  std::vector<double> values;  // [samples][40]
  std::vector<std::int32_t> digits;
  double mean, deviation;  // before standardisation
};
mnist1d_set make_mnist1d(const mnist1d_options& options = {});

// Twelve heights of a digit, brought to mean 0, deviation 1/6 and then to begin at 0.
std::array<double, 12> mnist1d_template(int digit);

source_data load_mnist1d();

}  // namespace tenon::runtime
