// Averages of weights over a training, buffers included. Exponential: after every step, e = d e +
// (1 - d) w, from the initial weights (Polyak and Juditsky, 1992; as timm's --model-ema).
// Stochastic weight averaging: the mean of the weights after each epoch from one on (Izmailov et
// al., 2018).
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tenon::runtime {

struct averaging {
  enum class kind : std::uint8_t { none, exponential, epochs };
  kind what = kind::none;
  double decay = 0.9998;  // exponential
  int start = 1;          // epochs: the first that counts, from 1
};

class weight_average {
 public:
  explicit weight_average(averaging how) : how_(how) {}

  // Where a run begins, with its weights; or goes on, with what values() and count() were.
  void begin(std::span<const float> image);
  void resume(std::span<const float> values, std::size_t count);

  void after_step(std::span<const float> image);
  void after_epoch(int epoch, std::span<const float> image);

  // Laid out as the image; empty while nothing is averaged.
  std::span<const float> values() const { return values_; }
  std::size_t count() const { return count_; }  // epochs in the mean
  averaging::kind what() const { return how_.what; }

 private:
  averaging how_;
  std::vector<float> values_;
  std::size_t count_ = 0;
};

}  // namespace tenon::runtime
