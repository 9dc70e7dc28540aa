#include "runtime/train/landscape.hpp"

#include <algorithm>
#include <cmath>

namespace tenon::runtime {
namespace {

double norm(std::span<const float> values) {
  double squares = 0;
  for (const float v : values) squares += static_cast<double>(v) * v;
  return std::sqrt(squares);
}

double distance(std::span<const float> a, std::span<const float> b) {
  double squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double d = static_cast<double>(a[i]) - b[i];
    squares += d * d;
  }
  return std::sqrt(squares);
}

struct slope {
  double loss;
  std::vector<float> gradient;  // laid out as the image; zero where buffers lie
};

slope slope_here(const network_info& network, trainer_core& trainer, const batch& samples,
                 const settings& s) {
  slope here{0, std::vector<float>(network.image_floats)};
  here.loss = trainer.gradients(samples.x(), samples.target(), samples.size(), s);
  trainer.gradient(here.gradient);
  return here;
}

}  // namespace

landscape explore_landscape(const network_info& network, trainer_core& trainer,
                            const batch& samples, settings s, std::span<const double> rates) {
  const std::span<const float> now = trainer.read_image();
  const std::vector<float> begin(now.begin(), now.end());
  const slope at = slope_here(network, trainer, samples, s);
  landscape found{at.loss, norm(at.gradient), {}};
  for (const double rate : rates) {
    const std::span<float> image = trainer.image();
    for (std::size_t i = 0; i < image.size(); ++i)
      image[i] = static_cast<float>(begin[i] - rate * at.gradient[i]);
    const slope there = slope_here(network, trainer, samples, s);
    const double far = distance(there.gradient, at.gradient);
    found.points.push_back({rate, there.loss, far, far / (rate * found.gradient_norm)});
  }
  std::ranges::copy(begin, trainer.image().begin());
  return found;
}

std::vector<double> logarithmic_rates(double least, double most, int n) {
  std::vector<double> rates;
  for (int i = 0; i < n; ++i)
    rates.push_back(least * std::pow(most / least, n > 1 ? i / (n - 1.0) : 0.0));
  return rates;
}

}  // namespace tenon::runtime
