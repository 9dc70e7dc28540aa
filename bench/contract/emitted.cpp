#include "bench/contract/emitted.hpp"

#include <algorithm>

#include "runtime/core/random.hpp"
#include "runtime/train/evaluate.hpp"
#include "runtime/train/gradient_check.hpp"
#include "runtime/train/initialize.hpp"

namespace contract {
namespace {

std::vector<float> random_floats(std::size_t n, std::uint32_t stream) {
  std::vector<float> values(n);
  for (std::size_t i = 0; i < n; ++i)
    values[i] = tenon::uniform(1, stream, 0, 0, static_cast<std::uint32_t>(i)) - 0.5F;
  return values;
}

std::size_t count(std::span<const int> shape) {
  std::size_t n = 1;
  for (const int extent : shape) n *= static_cast<std::size_t>(extent);
  return n;
}

}  // namespace

emitted_layer::emitted_layer(const tenon::network_entry& network, std::string_view layer)
    : network_(network), layer_(layer), core_(tenon::runtime::make_trainer(network, nullptr)) {
  const tenon::network_info& info = *network.info;
  const auto batch = static_cast<std::size_t>(info.batch);
  tenon::runtime::initialize(info, core_->image(), 1);
  const std::vector<float> x = random_floats(batch * count(info.input_shape), 1),
                           target = random_floats(batch * count(info.target_shape), 2);
  core_->gradients(x.data(), target.data(), batch, {});
}

std::vector<std::size_t> emitted_layer::kernels_of(std::string_view direction) const {
  const std::string first = direction == "forward" ? layer_ : layer_ + "_" + std::string(direction);
  std::vector<std::size_t> found;
  const auto kernels = network_.info->train_kernels;
  for (std::size_t i = 0; i < kernels.size(); ++i) {
    const std::string_view name = kernels[i].name;
    const bool phase = direction != "forward" && name.starts_with(first);
    if (kernels[i].flops > 0 && kernels[i].layer == layer_ && (name == first || phase))
      found.push_back(i);
  }
  return found;
}

double gradient_error(const tenon::network_entry& network) {
  // Differences of the twin's own loss are another test's business.
  const tenon::runtime::gradient_check_options options{.samples = 3, .elements = 0};
  double worst = 0;
  for (const auto& r : tenon::runtime::check_gradients(network, options, nullptr))
    worst = std::max(worst, r.emitted_error.value_or(0));
  return worst;
}

}  // namespace contract
