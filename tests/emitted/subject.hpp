// One emitted network with parameters, inputs and targets drawn from a seed: the same bits whatever
// compiler built this. Knows nothing of the generator.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "runtime/core/network.hpp"
#include "runtime/core/pool.hpp"
#include "runtime/train/image.hpp"

namespace tenon::tests {

class subject {
 public:
  explicit subject(const network_entry& entry, std::uint64_t seed = 11)
      : entry_(entry),
        random_(seed),
        image_(entry.info->image_floats),
        folded_(entry.info->eval_image_floats) {
    for (const parameter_info& p : info().parameters) {
      std::vector<float> values(runtime::count(p));
      const float scale = p.fan_in > 0 ? 2.5F / std::sqrt(static_cast<float>(p.fan_in)) : 1.0F;
      for (float& v : values) v = scale * next();
      if (p.kind == "running_var")
        for (float& v : values) v = 0.5F + std::abs(v);
      runtime::pack(p, values, image_.span());
    }
    entry.fold(image_.data(), folded_.data());
    const std::size_t batch = static_cast<std::size_t>(info().batch);
    x.resize(batch * size(info().input_shape));
    values_.resize(batch * size(info().target_shape));
    classes_.resize(batch);
    for (float& v : x) v = 2 * next();
    for (float& v : values_) v = 2 * next();
    for (std::int32_t& c : classes_)
      c = static_cast<std::int32_t>(random_() %
                                    static_cast<std::uint64_t>(std::max(1, info().classes)));
  }

  const network_info& info() const { return *entry_.info; }
  std::size_t inputs() const { return size(info().input_shape); }
  std::size_t outputs() const { return size(info().output_shape); }
  const void* target(std::size_t sample = 0) const {
    if (info().target_is_class) return classes_.data() + sample;
    return values_.data() + sample * size(info().target_shape);
  }
  // A batch norm over one value knows no variance.
  bool can_train(std::size_t n) const {
    return info().norm_positions == 0 || n * static_cast<std::size_t>(info().norm_positions) > 1;
  }

  std::unique_ptr<evaluator> make_evaluator(pool* threads) const {
    return entry_.make_evaluator(folded_.span(), threads);
  }
  std::unique_ptr<trainer_core> make_trainer(pool* threads) const {
    auto made = entry_.make_trainer(threads);
    std::copy_n(image_.data(), info().image_floats, made->image().begin());
    return made;
  }

  std::vector<float> evaluated(evaluator& network, std::size_t first, std::size_t n) const {
    std::vector<float> y(n * outputs());
    network.run(x.data() + first * inputs(), n, y.data());
    return y;
  }
  // Loss, outputs, gradients and renewed statistics of a step that does not update.
  std::vector<float> derived(trainer_core& network, std::size_t n, const settings& how = {}) const {
    std::vector<float> all(1 + n * outputs() + info().image_floats);
    all[0] = network.gradients(x.data(), target(), n, how);
    network.outputs(n, all.data() + 1);
    network.gradient({all.data() + 1 + n * outputs(), info().image_floats});
    all.insert(all.end(), network.image().begin(), network.image().end());
    return all;
  }
  // The image after a few steps of each optimizer.
  std::vector<float> trained(trainer_core& network, std::size_t n) const {
    using enum optimizer;
    std::uint64_t step = 0;
    for (const optimizer method :
         {sgd, adam, adamw, adagrad, adadelta, rmsprop, rmsprop_tf, adamax, nadam, lamb}) {
      settings how = defaults(method);
      how.learning_rate = std::min(how.learning_rate, 0.01F), how.weight_decay = 0.01F;
      how.l1 = 1e-4F, how.l1_proximal = method == adam, how.max_norm = 5;
      how.clips = method == lamb ? clip_mode::agc : clip_mode::norm, how.clip = 0.1F;
      std::fill(network.optimizer_state().begin(), network.optimizer_state().end(), 0.0F);
      for (const std::uint64_t end = step + (method == sgd ? 3 : 1); step < end; ++step) {
        how.step = step;
        network.gradients(x.data(), target(), n, how);
        network.update(how);
      }
    }
    return {network.image().begin(), network.image().end()};
  }

  std::vector<float> x;

 private:
  static std::size_t size(std::span<const int> shape) {
    std::size_t n = 1;
    for (const int extent : shape) n *= static_cast<std::size_t>(extent);
    return n;
  }
  float next() {
    return static_cast<float>(random_() >> 40) * 0x1p-23F - 1;
  }  // std's distributions differ

  const network_entry& entry_;
  std::mt19937_64 random_;
  runtime::aligned_floats image_, folded_;
  std::vector<float> values_;
  std::vector<std::int32_t> classes_;
};

inline bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

}  // namespace tenon::tests
