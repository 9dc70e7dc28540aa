#include "runtime/train/gradient_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "runtime/data/dataset.hpp"
#include "runtime/data/random_stream.hpp"
#include "runtime/io/error.hpp"
#include "runtime/train/difference.hpp"
#include "runtime/train/evaluate.hpp"
#include "runtime/train/image.hpp"
#include "runtime/train/initialize.hpp"

namespace tenon::runtime {
namespace {

// For a network as large as a ResNet fewer elements are tried, so that a check takes a minute or
// two: the whole check may compute about this many FLOP in the twin's plain loops.
constexpr double most_flops = 5e10;
constexpr std::size_t fewest_elements = 2;
// A parameter of which more than half lies at corners has not been checked.
constexpr std::size_t most_kinks = 2;

// A point to check at: every number is a float, so that twin and emitted code compute with the
// same.
struct point {
  std::vector<double> parameters, x, target;
  std::vector<float> image, x_floats;
  std::vector<std::int32_t> classes;
  std::vector<float> values, weights;
};

std::vector<double> widened(std::span<const float> values) {
  return {values.begin(), values.end()};
}

// Constants (biases, norms) are moved off their initial value: at zero a mistake in a product would
// not show.
void unsettle(const network_info& network, std::span<float> image, random_stream& random) {
  for (const parameter_info& p : network.parameters) {
    if (p.buffer || p.how != initializer::constant) continue;
    for (std::size_t r = 0; r < p.rows; ++r) {
      for (std::size_t i = 0; i < p.row; ++i)
        image[p.offset + r * p.stride + i] += static_cast<float>(0.2 * random.uniform() - 0.1);
    }
  }
}

point make_point(const network_info& network, const gradient_check_options& options) {
  random_stream random(options.seed, purpose::check);
  point at;
  at.image.resize(network.image_floats);
  initialize(network, at.image, options.seed);
  unsettle(network, at.image, random);
  at.parameters = widened(unpack(network, at.image));
  at.x_floats.resize(options.samples * count(network.input_shape));
  for (float& value : at.x_floats) value = static_cast<float>(random.normal());
  at.x = widened(at.x_floats);
  if (network.target_is_class) {
    for (std::size_t i = 0; i < options.samples; ++i) {
      at.classes.push_back(
          static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(network.classes))));
    }
    at.target.assign(at.classes.begin(), at.classes.end());
  } else {
    at.values.resize(options.samples * count(network.target_shape));
    for (float& value : at.values) value = static_cast<float>(random.normal());
    at.target = widened(at.values);
  }
  for (std::size_t i = 0; network.weighted && i < options.samples; ++i)
    at.weights.push_back(static_cast<float>(0.5 + random.uniform()));
  at.target.insert(at.target.end(), at.weights.begin(), at.weights.end());
  return at;
}

// Both ends, and others between them at random, in ascending order.
std::vector<std::size_t> chosen(std::size_t n, std::size_t wanted, random_stream random) {
  std::vector<std::size_t> indices;
  if (n <= wanted) {
    for (std::size_t i = 0; i < n; ++i) indices.push_back(i);
    return indices;
  }
  if (wanted == 0) return indices;
  indices = {0};
  if (wanted > 1) indices.push_back(n - 1);
  while (indices.size() < wanted) {
    indices.push_back(random.below(static_cast<std::uint32_t>(n)));
    std::ranges::sort(indices);
    indices.erase(std::ranges::unique(indices).begin(), indices.end());
  }
  return indices;
}

class checker {
 public:
  checker(const network_entry& network, const gradient_check_options& options)
      : twin_(network.scalar),
        info_(*network.info),
        options_(options),
        at_(make_point(info_, options)),
        y_(options.samples * count(info_.output_shape)),
        d_parameters_(at_.parameters.size()),
        d_x_(at_.x.size()) {
    loss_ = twin_.loss(at_.parameters.data(), at_.x.data(), at_.target.data(), options_.samples,
                       options_.seed, options_.step, y_.data(), d_parameters_.data(), d_x_.data(),
                       nullptr);
    if (!std::isfinite(loss_))
      throw check_failed(fmt::format("gradcheck: the twin's loss is {}", loss_));
    const double flops = static_cast<double>(info_.flops_eval) *
                         static_cast<double>(options_.samples) * 2 *
                         static_cast<double>(info_.parameters.size() + 1);
    if (options_.elements == 0) return;
    elements_ = std::clamp(static_cast<std::size_t>(most_flops / std::max(flops, 1.0)),
                           fewest_elements, std::max(options_.elements, fewest_elements));
  }

  // `offset`: of the parameter in the row of all.
  gradient_result parameter(const parameter_info& p, std::size_t offset, std::size_t index) {
    const auto d = std::span<const double>(d_parameters_).subspan(offset, count(p));
    gradient_result result =
        differences(std::span(at_.parameters).subspan(offset, count(p)), d, index);
    result.layer = p.layer;
    result.parameter = p.kind;
    return result;
  }

  gradient_result input() {
    gradient_result result = differences(at_.x, d_x_, info_.parameters.size());
    result.layer = result.parameter = "input";
    return result;
  }

  const point& at() const { return at_; }
  std::span<const double> gradient() const { return d_parameters_; }

 private:
  gradient_result differences(std::span<double> values, std::span<const double> d,
                              std::size_t index) {
    gradient_result result;
    // Elements far below the largest of their tensor are judged by a thousandth of it: sums that
    // cancel leave no more digits.
    double largest = 0;
    for (const double value : d) largest = std::max(largest, std::abs(value));
    const double floor = std::max(1e-3 * largest, difference_floor(loss_, options_.tolerance));
    for (const std::size_t i : chosen(values.size(), elements_,
                                      random_stream(options_.seed, purpose::check, index + 1))) {
      const double x = values[i];
      const auto f = [&](double moved) {
        values[i] = moved;
        const double loss =
            twin_.loss(at_.parameters.data(), at_.x.data(), at_.target.data(), options_.samples,
                       options_.seed, options_.step, y_.data(), nullptr, nullptr, nullptr);
        values[i] = x;
        return loss;
      };
      const difference_result r = check_derivative(f, x, loss_, d[i], floor, options_.tolerance);
      ++result.checked;
      result.kinks += r.kink;
      if (!r.kink && !(r.relative_error <= result.max_relative_error))
        result.max_relative_error = r.relative_error;
    }
    result.ok = result.max_relative_error <= options_.tolerance &&
                result.kinks * most_kinks <= result.checked;
    return result;
  }

  const scalar_twin& twin_;
  const network_info& info_;
  gradient_check_options options_;
  point at_;
  std::vector<double> y_, d_parameters_, d_x_;
  double loss_ = 0;
  std::size_t elements_ = 0;
};

// Gradients of the emitted network at the same point, logical and unpadded.
std::vector<float> emitted_gradients(const network_entry& network,
                                     const gradient_check_options& options, const point& at,
                                     pool* threads) {
  const auto trainer = make_trainer(network, threads);
  std::ranges::copy(at.image, trainer->image().begin());
  settings s;
  s.seed = options.seed;
  s.step = options.step;
  if (!at.weights.empty()) s.sample_weights = at.weights.data();
  const void* target =
      at.classes.empty() ? static_cast<const void*>(at.values.data()) : at.classes.data();
  trainer->gradients(at.x_floats.data(), target, options.samples, s);
  aligned_floats gradient(network.info->image_floats);
  trainer->gradient(gradient.span());
  return unpack(*network.info, gradient.span());
}

// Relative Euclidean distance. A gradient that vanishes (a bias before a batch norm) is judged by a
// millionth of the largest of the whole network.
double distance(std::span<const float> emitted, std::span<const double> exact, double largest) {
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    difference += (emitted[i] - exact[i]) * (emitted[i] - exact[i]);
    norm += exact[i] * exact[i];
  }
  const double least = 1e-6 * largest * std::sqrt(static_cast<double>(exact.size()));
  const double against = std::max(std::sqrt(norm), least);
  return against > 0 ? std::sqrt(difference) / against : std::sqrt(difference);
}

}  // namespace

std::vector<gradient_result> check_gradients(const network_entry& network,
                                             const gradient_check_options& options, pool* threads) {
  const network_info& info = *network.info;
  if (!network.scalar.loss) {
    throw user_error(
        fmt::format("gradcheck: this executable of {} was built without its scalar twin; build it "
                    "again with one",
                    info.name));
  }
  if (options.samples == 0 || options.samples > static_cast<std::size_t>(info.batch)) {
    throw user_error(fmt::format("gradcheck --samples {}: between 1 and the batch of {}",
                                 options.samples, info.batch));
  }
  checker check(network, options);
  std::vector<float> emitted;
  if (network.make_trainer) emitted = emitted_gradients(network, options, check.at(), threads);
  double largest = 0;
  for (const double value : check.gradient()) largest = std::max(largest, std::abs(value));

  std::vector<gradient_result> results;
  std::size_t offset = 0;
  for (std::size_t i = 0; i < info.parameters.size(); ++i) {
    const parameter_info& p = info.parameters[i];
    const std::size_t n = count(p);
    if (!p.buffer) {
      gradient_result result = check.parameter(p, offset, i);
      if (!emitted.empty()) {
        const double error = distance(std::span(emitted).subspan(offset, n),
                                      check.gradient().subspan(offset, n), largest);
        result.emitted_error = error;
        result.ok = result.ok && error <= options.emitted_tolerance;
      }
      results.push_back(std::move(result));
    }
    offset += n;
  }
  results.push_back(check.input());
  return results;
}

}  // namespace tenon::runtime
