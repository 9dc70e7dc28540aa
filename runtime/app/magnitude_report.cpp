#include "runtime/app/magnitude_report.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/train/image.hpp"

namespace tenon::runtime {
namespace {

// |w| of one parameter, or of all, smallest first.
std::vector<float> sorted_sizes(std::vector<float> values) {
  for (float& v : values) v = std::abs(v);
  std::ranges::sort(values);
  return values;
}

std::size_t part(std::size_t n, double share) {
  return std::max<std::size_t>(static_cast<std::size_t>(std::ceil(static_cast<double>(n) * share)),
                               1);
}

}  // namespace

std::vector<magnitude> magnitudes(const network_info& network, std::span<const float> image) {
  std::vector<magnitude> all;
  std::vector<std::vector<float>> sizes;
  std::vector<float> together;
  for (const parameter_info& p : network.parameters) {
    if (p.buffer || !p.decays) continue;
    std::vector<float> values(count(p));
    unpack(p, image, values);
    const auto& sorted = sizes.emplace_back(sorted_sizes(std::move(values)));
    together.insert(together.end(), sorted.begin(), sorted.end());
    magnitude& m = all.emplace_back();
    m.name = p.name;
    m.count = sorted.size();
    m.zeros = static_cast<std::size_t>(std::ranges::upper_bound(sorted, 0.0F) - sorted.begin());
    for (std::size_t q = 0; q < magnitude_quantiles.size(); ++q)
      m.quantiles[q] = sorted[part(sorted.size(), magnitude_quantiles[q]) - 1];
  }
  together = sorted_sizes(std::move(together));
  for (std::size_t k = 0; k < magnitude_shares.size() && !together.empty(); ++k) {
    const float least = together[together.size() - part(together.size(), magnitude_shares[k])];
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto kept = sizes[i].end() - std::ranges::lower_bound(sizes[i], least);
      all[i].kept[k] = static_cast<double>(kept) / static_cast<double>(all[i].count);
    }
  }
  return all;
}

}  // namespace tenon::runtime
