#include "runtime/train/init_report.hpp"

#include <fmt/format.h>

#include "runtime/io/error.hpp"
#include "runtime/train/image.hpp"

namespace tenon::runtime {

std::vector<layer_spread> spreads(const network_entry& network, std::span<const float> image,
                                  const batch& samples, std::uint64_t seed) {
  const network_info& info = *network.info;
  if (!network.scalar.loss || network.scalar.layers.empty()) {
    throw user_error(fmt::format(
        "--init-report: {} was built without its scalar twin; build it with <name>_scalar.cc",
        info.name));
  }
  const std::vector<float> floats = unpack(info, image);
  const std::vector<double> parameters(floats.begin(), floats.end());
  const std::vector<double> x(samples.x(), samples.x() + samples.size() * count(info.input_shape));
  const auto classes = samples.classes();
  const auto values = samples.values();
  std::vector<double> target(classes.begin(), classes.end());
  if (!info.target_is_class) target.assign(values.begin(), values.end());
  if (info.weighted) target.insert(target.end(), samples.size(), 1.0);  // all count alike
  std::vector<double> y(samples.size() * count(info.output_shape)), d_x(x.size()),
      d_parameters(parameters.size()), found(2 * network.scalar.layers.size());
  network.scalar.loss(parameters.data(), x.data(), target.data(), samples.size(), seed, 0, y.data(),
                      d_parameters.data(), d_x.data(), found.data());
  std::vector<layer_spread> all;
  for (std::size_t i = 0; i < network.scalar.layers.size(); ++i)
    all.push_back({network.scalar.layers[i], found[2 * i], found[2 * i + 1]});
  return all;
}

}  // namespace tenon::runtime
