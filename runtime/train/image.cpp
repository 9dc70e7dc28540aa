#include "runtime/train/image.hpp"

#include <algorithm>

namespace tenon::runtime {

aligned_floats::aligned_floats(std::size_t n)
    : data_(static_cast<float*>(
          ::operator new[](round_up(std::max<std::size_t>(n, 1) * sizeof(float), alignment),
                           std::align_val_t{alignment}))),
      n_(n) {
  std::fill_n(data_.get(), n, 0.0F);
}

std::size_t logical_count(const network_info& network) {
  std::size_t n = 0;
  for (const parameter_info& p : network.parameters) n += count(p);
  return n;
}

void unpack(const parameter_info& p, std::span<const float> image, std::span<float> logical) {
  for (std::size_t r = 0; r < p.rows; ++r) {
    std::ranges::copy(image.subspan(p.offset + r * p.stride, p.row),
                      logical.subspan(r * p.row).begin());
  }
}

void pack(const parameter_info& p, std::span<const float> logical, std::span<float> image) {
  for (std::size_t r = 0; r < p.rows; ++r) {
    std::ranges::copy(logical.subspan(r * p.row, p.row),
                      image.subspan(p.offset + r * p.stride).begin());
  }
}

std::vector<float> unpack(const network_info& network, std::span<const float> image) {
  std::vector<float> all(logical_count(network));
  std::size_t at = 0;
  for (const parameter_info& p : network.parameters) {
    unpack(p, image, std::span(all).subspan(at, count(p)));
    at += count(p);
  }
  return all;
}

}  // namespace tenon::runtime
