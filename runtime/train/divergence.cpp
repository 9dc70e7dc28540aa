#include "runtime/train/divergence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <string_view>
#include <vector>

#include "runtime/io/error.hpp"
#include "runtime/train/image.hpp"

namespace tenon::runtime {
namespace {

void require_finite(std::span<const float> values, const char* what, std::uint32_t sample) {
  const auto bad = std::ranges::find_if_not(values, [](float v) { return std::isfinite(v); });
  if (bad == values.end()) return;
  throw user_error(fmt::format(
      "training sample {} (from 0): its {} holds {} at position {}; repair or remove the sample",
      sample, what, *bad, bad - values.begin()));
}

std::vector<float> logical(const parameter_info& p, std::span<const float> image) {
  std::vector<float> values(count(p));
  unpack(p, image, values);
  return values;
}

const parameter_info* last_not_finite(const network_info& network, std::span<const float> image,
                                      bool buffers) {
  const parameter_info* last = nullptr;
  for (const parameter_info& p : network.parameters) {
    if (p.buffer == buffers && !all_finite(logical(p, image))) last = &p;
  }
  return last;
}

float largest(const network_info& network, std::string_view layer, std::span<const float> image) {
  float most = 0;
  for (const parameter_info& p : network.parameters) {
    if (p.layer != layer || p.buffer) continue;
    for (const float v : logical(p, image)) most = std::max(most, std::abs(v));
  }
  return most;
}

class probe {
 public:
  probe(const network_info& network, trainer_core& trainer, const batch& samples, const settings& s)
      : network_(network),
        trainer_(trainer),
        samples_(samples),
        settings_(s),
        outputs_(samples.size() * count(network.output_shape)) {}

  bool outputs_finite() {
    trainer_.forward(samples_.x(), samples_.size(), outputs_.data(), settings_);
    return all_finite(outputs_);
  }

  // Zeros in place of a layer's parameters stop what is finite from growing there, but not what
  // came in as infinity or NaN: 0 times that is NaN. So of the layers whose absence makes the
  // outputs finite, the last one is the first whose values are not.
  std::string_view first_not_finite() {
    std::string_view found, tried;
    for (const parameter_info& p : network_.parameters) {
      if (p.layer == tried) continue;
      tried = p.layer;
      if (finite_without(tried)) found = tried;
    }
    return found;
  }

 private:
  bool finite_without(std::string_view layer) {
    const std::span<float> image = trainer_.image();
    const std::vector<float> kept(image.begin(), image.end());
    for (const parameter_info& p : network_.parameters) {
      if (p.layer == layer && !p.buffer) pack(p, std::vector<float>(count(p)), image);
    }
    const bool is_finite = outputs_finite();
    std::ranges::copy(kept, trainer_.image().begin());
    return is_finite;
  }

  const network_info& network_;
  trainer_core& trainer_;
  const batch& samples_;
  settings settings_;
  std::vector<float> outputs_;
};

}  // namespace

void require_finite_samples(const dataset& data, std::span<const std::uint32_t> indices) {
  const std::size_t size = data.sample_size(), target = count(data.target_shape);
  for (const std::uint32_t i : indices) {
    require_finite({data.sample(i), size}, "input", i);
    if (!data.targets.empty())
      require_finite(std::span(data.targets).subspan(i * target, target), "target", i);
  }
}

bool all_finite(std::span<const float> image) {
  constexpr std::uint32_t exponent = 0x7F80'0000;  // all ones in infinities and NaN alone
  std::uint32_t bad = 0;  // integers: a sum of floats could not be reordered into lanes
  for (const float v : image) bad |= (std::bit_cast<std::uint32_t>(v) & exponent) == exponent;
  return bad == 0;
}

std::string not_finite(const network_info& network, std::span<const float> image) {
  const parameter_info* bad = last_not_finite(network, image, false);
  if (!bad) bad = last_not_finite(network, image, true);
  if (!bad) return "what lies between the parameters";
  return fmt::format("{} of layer {}", bad->name, bad->layer);
}

std::string cause_of_divergence(const network_info& network, trainer_core& trainer,
                                const batch& samples, const settings& s) {
  if (const parameter_info* p = last_not_finite(network, trainer.read_image(), false))
    return fmt::format("{} of layer {} is infinite or NaN", p->name, p->layer);
  probe again(network, trainer, samples, s);
  if (again.outputs_finite())
    return "every layer's values are finite, but the loss overflows: the outputs are too large";
  const std::string_view layer = again.first_not_finite();
  if (layer.empty()) return "no single layer is the cause";
  return fmt::format("values stop being finite in layer {}, whose largest parameter is {:.3g}",
                     layer, largest(network, layer, trainer.read_image()));
}

}  // namespace tenon::runtime
