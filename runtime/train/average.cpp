#include "runtime/train/average.hpp"

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

}  // namespace tenon::runtime
