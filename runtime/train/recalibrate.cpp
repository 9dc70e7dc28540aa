#include "runtime/train/recalibrate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "runtime/data/random_stream.hpp"
#include "runtime/io/error.hpp"
#include "runtime/train/image.hpp"

namespace tenon::runtime {
namespace {

bool counts_batches(const parameter_info& p) { return p.kind == "num_batches_tracked"; }

class averages {
 public:
  averages(const network_info& network, trainer_core& trainer) : trainer_(trainer) {
    for (const parameter_info& p : network.parameters) {
      if (p.buffer && (p.first_weight > 0 || counts_batches(p)))
        all_.push_back({&p, std::vector<double>(count(p))});
    }
    if (!averages_over_batches(network)) {
      throw user_error(fmt::format(
          "recalibrate: network {} has no norm that averages over batches; there is nothing to set",
          network.name));
    }
  }

  // From 0 a batch leaves first_weight times its own value, whatever came before it.
  void clear() {
    const std::span<float> image = trainer_.image();
    for (const average& a : all_) pack(*a.of, std::vector<float>(a.sum.size()), image);
  }
  void add() {
    const std::span<const float> image = trainer_.read_image();
    for (average& a : all_) {
      std::vector<float> now(a.sum.size());
      unpack(*a.of, image, now);
      const double weight = counts_batches(*a.of) ? 1 : a.of->first_weight;
      for (std::size_t i = 0; i < now.size(); ++i) a.sum[i] += double{now[i]} / weight;
    }
    ++batches_;
  }
  void set() {
    const std::span<float> image = trainer_.image();
    for (const average& a : all_) {
      std::vector<float> mean(a.sum.size());
      const double over = counts_batches(*a.of) ? 1 : static_cast<double>(batches_);
      std::ranges::transform(a.sum, mean.begin(),
                             [&](double sum) { return static_cast<float>(sum / over); });
      pack(*a.of, mean, image);
    }
  }

 private:
  struct average {
    const parameter_info* of;
    std::vector<double> sum;
  };
  trainer_core& trainer_;
  std::vector<average> all_;
  std::size_t batches_ = 0;
};

}  // namespace

recalibration recalibrate(const network_info& network, trainer_core& trainer, const dataset& data,
                          std::span<const std::uint32_t> order, std::size_t batch_size,
                          std::uint64_t seed) {
  averages all(network, trainer);
  const std::size_t n = std::min(batch_size, order.size());
  if (n * static_cast<std::size_t>(network.norm_positions) < 2) {
    throw user_error(fmt::format(
        "recalibrate: batches of {} give a norm of {} a single value per channel; use larger ones",
        n, network.name));
  }
  batch samples(network, n);
  settings s;
  s.seed = seed;
  recalibration done;
  for (; done.samples + n <= order.size(); done.samples += n, ++done.batches) {
    samples.gather(data, order.subspan(done.samples, n));
    s.step = done.batches;
    all.clear();
    trainer.statistics(samples.x(), n, s);
    all.add();
  }
  all.set();
  return done;
}

bool averages_over_batches(const network_info& network) {
  return std::ranges::any_of(
      network.parameters, [](const parameter_info& p) { return p.buffer && p.first_weight > 0; });
}

std::vector<std::uint32_t> recalibration_order(std::span<const std::uint32_t> part,
                                               std::uint64_t seed) {
  auto order =
      permutation(static_cast<std::uint32_t>(part.size()), random_stream(seed, purpose::epoch));
  for (std::uint32_t& i : order) i = part[i];
  return order;
}

}  // namespace tenon::runtime
