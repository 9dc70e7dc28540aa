// Every step in the order and with the arithmetic of the authors' generator
// (github.com/greydanus/mnist1d, data.py, with NumPy's legacy random stream and SciPy's filter and
// interpolation), so that the set comes out equal to 1e-13.
#include "runtime/data/mnist1d.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/data/numpy_random.hpp"

namespace tenon::runtime {
namespace {

constexpr std::size_t template_length = 12, most_padding = 60,
                      length = template_length + most_padding;
constexpr int least_padding = 36, most_shift = 48;
constexpr double scale_coefficient = 0.4, correlated_noise = 0.25, independent_noise = 0.02,
                 shear_coefficient = 0.75;
constexpr double smoothing = 2;  // standard deviation of the Gaussian, in samples
constexpr int radius = 8;        // where it is cut: four deviations
using signal = std::array<double, length>;

constexpr double heights[10][template_length] = {{5, 6, 6.5, 6.75, 7, 7, 7, 7, 6.75, 6.5, 6, 5},
                                                 {5, 3, 3, 3.4, 3.8, 4.2, 4.6, 5, 5.4, 5.8, 5, 5},
                                                 {5, 6, 6.5, 6.5, 6, 5.25, 4.75, 4, 3.5, 3.5, 4, 5},
                                                 {5, 6, 6.5, 6.5, 6, 5, 5, 6, 6.5, 6.5, 6, 5},
                                                 {5, 4.4, 3.8, 3.2, 2.6, 2.6, 5, 5, 5, 5, 5, 5},
                                                 {5, 3, 3, 3, 3, 5, 6, 6.5, 6.5, 6, 4.5, 5},
                                                 {5, 4, 3.5, 3.25, 3, 3, 3, 3, 3.25, 3.5, 4, 5},
                                                 {5, 7, 7, 6.6, 6.2, 5.8, 5.4, 5, 4.6, 4.2, 5, 5},
                                                 {5, 4, 3.5, 3.5, 4, 5, 5, 4, 3.5, 3.5, 4, 5},
                                                 {5, 4, 3.5, 3.5, 4, 5, 5, 5, 5, 4.7, 4.3, 5}};

// Linear interpolation of equally spaced samples, end points kept.
void resample(std::span<const double> from, std::span<double> to) {
  for (std::size_t i = 0; i < to.size(); ++i) {
    const double at =
        static_cast<double>(i * (from.size() - 1)) / static_cast<double>(to.size() - 1);
    const auto left = std::min(static_cast<std::size_t>(at), from.size() - 2);
    const double part = at - static_cast<double>(left);
    to[i] = from[left] + (from[left + 1] - from[left]) * part;
  }
}

// Gaussian filter; beyond its ends the signal is mirrored, the edge sample repeated.
signal smooth(const signal& x) {
  std::array<double, 2 * radius + 1> weights;
  for (int j = -radius; j <= radius; ++j) {
    weights[static_cast<std::size_t>(j + radius)] = std::exp(-j * j / (2 * smoothing * smoothing));
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  const auto mirrored = [](int i) {
    if (i < 0) return static_cast<std::size_t>(-i - 1);
    const int n = static_cast<int>(length);
    return static_cast<std::size_t>(i < n ? i : 2 * n - 1 - i);
  };
  signal y{};
  for (int i = 0; i < static_cast<int>(length); ++i) {
    for (int j = -radius; j <= radius; ++j) {
      y[static_cast<std::size_t>(i)] +=
          weights[static_cast<std::size_t>(j + radius)] / sum * x[mirrored(i + j)];
    }
  }
  return y;
}

signal noise(numpy_random& random, double scale) {
  signal y;
  for (double& value : y) value = scale * random.normal();
  return y;
}

// The template with its padding, stretched to the full length.
signal dilated(std::span<const double, template_length> shape, int padding) {
  std::vector<double> padded(template_length + static_cast<std::size_t>(padding));
  for (std::size_t i = 0; i < template_length; ++i)
    padded[i] = shape[i] + 1e-8;  // none is exactly zero
  signal y;
  resample(padded, y);
  return y;
}

void add_noise(signal& y, numpy_random& random) {
  const signal smoothed = smooth(noise(random, correlated_noise));
  for (std::size_t i = 0; i < length; ++i) {
    if (y[i] == 0) y[i] = smoothed[i];  // in the padding only
  }
  const signal everywhere = noise(random, independent_noise);
  for (std::size_t i = 0; i < length; ++i) y[i] += everywhere[i];
}

mnist1d_signal make_signal(std::span<const double, template_length> shape, numpy_random& random) {
  mnist1d_signal made{};
  made.first_uniform = random.uniform();
  made.padding =
      least_padding + static_cast<int>((most_padding - least_padding + 1) * made.first_uniform);
  signal y = dilated(shape, made.padding);
  made.scale = 1 + scale_coefficient * (random.uniform() - 0.5);
  for (double& value : y) value *= made.scale;
  made.shift = static_cast<int>(random.integer(most_shift - 1));
  std::ranges::rotate(y, y.end() - made.shift);
  add_noise(y, random);
  made.shear = shear_coefficient * (random.uniform() - 0.5);
  for (std::size_t i = 0; i < length; ++i) {
    y[i] -= made.shear * (static_cast<double>(i) / static_cast<double>(length - 1) - 0.5);
  }
  resample(y, made.values);
  return made;
}

dataset part(const mnist1d_set& set, std::size_t begin, std::size_t end) {
  dataset data;
  data.shape = {mnist1d_signal::length};
  for (std::size_t i = begin * mnist1d_signal::length; i < end * mnist1d_signal::length; ++i) {
    data.x.push_back(static_cast<float>(set.values[i]));
  }
  data.classes.assign(set.digits.begin() + static_cast<std::ptrdiff_t>(begin),
                      set.digits.begin() + static_cast<std::ptrdiff_t>(end));
  return data;
}

}  // namespace

std::array<double, 12> mnist1d_template(int digit) {
  std::array<double, template_length> shape;
  std::ranges::copy(heights[digit], shape.begin());
  constexpr double n = template_length;
  const double mean = std::accumulate(shape.begin(), shape.end(), 0.0) / n;
  double variance = 0;
  for (double& height : shape) {
    height -= mean;
    variance += height * height / n;
  }
  for (double& height : shape) height /= std::sqrt(variance);
  const double first = shape[0];
  for (double& height : shape) height = (height - first) / 6;
  return shape;
}

std::vector<mnist1d_signal> mnist1d_signals(const mnist1d_options& options,
                                            std::vector<std::uint32_t>* order) {
  numpy_random random(options.seed);
  std::vector<mnist1d_signal> signals;
  for (int digit = 0; digit < 10; ++digit) {
    const auto shape = mnist1d_template(digit);
    for (int i = 0; i < options.per_digit; ++i) signals.push_back(make_signal(shape, random));
  }
  if (order) *order = random.permutation(static_cast<std::uint32_t>(signals.size()));
  return signals;
}

mnist1d_set make_mnist1d(const mnist1d_options& options) {
  std::vector<std::uint32_t> order;
  const auto signals = mnist1d_signals(options, &order);
  mnist1d_set set{};
  for (const std::uint32_t i : order) {
    set.values.insert(set.values.end(), signals[i].values.begin(), signals[i].values.end());
    set.digits.push_back(static_cast<std::int32_t>(i) / options.per_digit);
  }
  const auto n = static_cast<double>(set.values.size());
  set.mean = std::accumulate(set.values.begin(), set.values.end(), 0.0) / n;
  double variance = 0;
  for (const double value : set.values) variance += (value - set.mean) * (value - set.mean);
  set.deviation = std::sqrt(variance / n);
  for (double& value : set.values) value = (value - set.mean) / set.deviation;
  return set;
}

source_data load_mnist1d() {
  const mnist1d_set set = make_mnist1d();
  const std::size_t samples = set.digits.size(), train = samples / 5 * 4;
  source_data source;
  source.name = "mnist1d";
  source.train = part(set, 0, train);
  source.test = part(set, train, samples);
  return source;
}

}  // namespace tenon::runtime
