#include "runtime/train/average.hpp"

#include <algorithm>

namespace tenon::runtime {

void weight_average::begin(std::span<const float> image) {
  if (how_.what == averaging::kind::exponential) values_.assign(image.begin(), image.end());
}

void weight_average::resume(std::span<const float> values, std::size_t count) {
  values_.assign(values.begin(), values.end());
  count_ = count;
}

void weight_average::after_step(std::span<const float> image) {
  if (how_.what != averaging::kind::exponential) return;
  const auto keep = static_cast<float>(how_.decay), take = static_cast<float>(1 - how_.decay);
  for (std::size_t i = 0; i < image.size(); ++i) values_[i] = keep * values_[i] + take * image[i];
}

void weight_average::after_epoch(int epoch, std::span<const float> image) {
  if (how_.what != averaging::kind::epochs || epoch < how_.start) return;
  if (count_ == 0) values_.assign(image.size(), 0.0F);
  ++count_;
  const double n = static_cast<double>(count_);
  for (std::size_t i = 0; i < image.size(); ++i) {
    const double mean = static_cast<double>(values_[i]);
    values_[i] = static_cast<float>(mean + (static_cast<double>(image[i]) - mean) / n);
  }
}

void renew_statistics(trainer_core& trainer, const network_info& network, const dataset& data,
                      std::span<const std::uint32_t> part, std::size_t batch_size, settings s) {
  batch samples(network, batch_size);
  for (std::size_t at = 0; at < part.size(); at += batch_size, ++s.step) {
    samples.gather(data, part.subspan(at, std::min(batch_size, part.size() - at)));
    if (samples.size() * static_cast<std::size_t>(network.norm_positions) == 1) continue;
    trainer.statistics(samples.x(), samples.size(), s);
  }
}

}  // namespace tenon::runtime
