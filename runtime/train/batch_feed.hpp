// The batches of a training, one gathered while a device computes another.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "runtime/core/network.hpp"
#include "runtime/data/dataset.hpp"

namespace tenon::runtime {

class batch_feed {
 public:
  batch_feed(const network_info& network, std::size_t capacity, const dataset& data,
             trainer_core& trainer)
      : data_(data), trainer_(trainer), now_(network, capacity) {
    if (trainer.overlaps()) next_.emplace(network, capacity);
  }

  // These samples, which prepare() may have gathered; they stay until the next take().
  const batch& take(std::span<const std::uint32_t> indices) {
    if (prepared_)
      std::swap(now_, *next_);
    else
      now_.gather(data_, indices);
    prepared_ = false;
    return now_;
  }
  // The samples of the next take(); none after the last one. Costs nothing where the trainer
  // computes on the caller's own time.
  void prepare(std::span<const std::uint32_t> indices) {
    if (!next_ || indices.empty()) return;
    next_->gather(data_, indices);
    trainer_.prefetch(next_->x(), next_->target(), next_->size(), next_->weights());
    prepared_ = true;
  }
  const batch& now() const { return now_; }

 private:
  const dataset& data_;
  trainer_core& trainer_;
  batch now_;
  std::optional<batch> next_;
  bool prepared_ = false;
};

}  // namespace tenon::runtime
