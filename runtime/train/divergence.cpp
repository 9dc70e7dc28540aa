#include "runtime/train/divergence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "runtime/io/error.hpp"
#include "runtime/train/image.hpp"

namespace tenon::runtime {
namespace {

bool finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float v) { return std::isfinite(v); });
}

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

// The last one: what goes wrong in the backward pass spreads from late layers to early ones.
const parameter_info* not_finite(const network_info& network, std::span<const float> image,
                                 bool buffers) {
  const parameter_info* last = nullptr;
  for (const parameter_info& p : network.parameters) {
    if (p.buffer == buffers && !finite(logical(p, image))) last = &p;
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
    return finite(outputs_);
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
    std::ranges::copy(kept, image.begin());
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

void require_finite_weights(const network_info& network, std::span<const float> image,
                            std::size_t step) {
  const parameter_info* bad = not_finite(network, image, false);
  if (!bad) bad = not_finite(network, image, true);
  if (!bad) return;
  throw check_failed(fmt::format(
      "training diverged: {} of layer {} holds a number that is not finite after step {}; lower "
      "--lr or warm up with --warmup-epochs",
      bad->name, bad->layer, step));
}

std::string cause_of_divergence(const network_info& network, trainer_core& trainer,
                                const batch& samples, const settings& s) {
  if (const parameter_info* p = not_finite(network, trainer.image(), false)) {
    return fmt::format("the last step made numbers of layer {} ({}) infinite or NaN", p->layer,
                       p->name);
  }
  probe again(network, trainer, samples, s);
  if (again.outputs_finite())
    return "every layer's values are finite, but the loss overflows: the outputs are too large";
  const std::string_view layer = again.first_not_finite();
  if (layer.empty()) return "no single layer is the cause";
  return fmt::format("values stop being finite in layer {}, whose largest parameter is {:.3g}",
                     layer, largest(network, layer, trainer.image()));
}

}  // namespace tenon::runtime
