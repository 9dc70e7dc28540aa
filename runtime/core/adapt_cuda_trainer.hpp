// A trainer_core over an emitted CUDA training class.
#pragma once
#include <cuda_runtime.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "runtime/core/adapt_cuda_evaluator.hpp"
#include "runtime/core/adapt_cuda_staging.hpp"

namespace tenon::cuda {

namespace adapt_detail {

// *found becomes 1 where an element is infinite or NaN. Whoever finds one writes the same.
template <class = void>
__global__ void find_not_finite(const float* at, std::size_t floats, unsigned* found) {
  const team t = team::of_grid();
  for (std::size_t i = t.thread; i < floats; i += t.threads) {
    if (!(at[i] - at[i] == 0.0F)) *found = 1;
  }
}

// What lies on the device, as its caller sees it: a copy here, which is fetched when the device has
// written since, and sent back before the device reads it, if it was lent to somebody who may have
// written to it.
class mirror {
 public:
  explicit mirror(std::size_t floats) : values_(floats) {}

  template <class Fetch>
  std::span<const float> read(Fetch fetch) {
    if (!current_) fetch(std::span<float>(values_));
    current_ = true;
    return values_;
  }
  template <class Fetch>
  std::span<float> lend(Fetch fetch) {
    read(fetch);
    lent_ = true;
    return values_;
  }
  template <class Send>
  void take_back(Send send) {
    if (!lent_) return;
    send(std::span<const float>(values_));
    lent_ = false;
  }
  void device_writes() noexcept { current_ = false; }

 private:
  std::vector<float> values_;
  bool current_ = true;  // both sides hold zeros at first
  bool lent_ = false;
};

}  // namespace adapt_detail

template <class Train>
class adapt_trainer final : public trainer_core {
 public:
  using target_type = typename Train::target_type;

  // On the device that select() chose; parameters are zero. Throws device_error.
  adapt_trainer() {
    adapt_detail::allocate(device_, arena_, Train::arena_bytes);
    check(network_.open(arena_.bytes(), kernels_.get()));
  }
  ~adapt_trainer() override { static_cast<void>(cudaStreamSynchronize(kernels_.get())); }
  adapt_trainer(const adapt_trainer&) = delete;
  adapt_trainer& operator=(const adapt_trainer&) = delete;

  static std::unique_ptr<trainer_core> make(pool*) { return std::make_unique<adapt_trainer>(); }

  std::span<float> image() override {
    return image_.lend([&](std::span<float> to) { check(network_.get_image(to)); });
  }
  std::span<const float> read_image() override {
    return image_.read([&](std::span<float> to) { check(network_.get_image(to)); });
  }
  std::span<float> optimizer_state() override {
    return state_.lend([&](std::span<float> to) { check(network_.get_optimizer_state(to)); });
  }
  std::span<const float> read_optimizer_state() override {
    return state_.read([&](std::span<float> to) { check(network_.get_optimizer_state(to)); });
  }

  std::optional<bool> finite() override {
    if constexpr (requires { network_.image_on_device(); }) {
      take_back();
      auto* const found = static_cast<unsigned*>(found_.on_device());
      constexpr unsigned groups = 64, warps = 8;
      queue q(kernels_.get());
      q.hold(cudaMemsetAsync(found, 0, sizeof *found, q.stream));
      q.run(adapt_detail::find_not_finite<>, {groups, 1}, warps, 0, network_.image_on_device(),
            info_.image_floats, found);
      q.hold(found_.fetch(sizeof *found, q.stream));
      q.wait();
      check(q.failed());
      return *static_cast<const unsigned*>(found_.pinned()) == 0;
    } else {
      return std::nullopt;
    }
  }

  bool overlaps() const noexcept override { return true; }
  void prefetch(const float* x, const void* target, std::size_t n, const float* weights) override {
    check(cudaSetDevice(device_));
    next_ = 1 - next_;
    slots_[next_].send(*this, x, target, n, weights);
  }
  void start(const float* x, const void* target, std::size_t n, const settings& s) override {
    take_back();
    if (!slots_[next_].holds(x, n)) prefetch(x, target, n, s.sample_weights);
    slot& from = slots_[next_];
    from.x_of = nullptr;  // taken
    check(cudaStreamWaitEvent(kernels_.get(), from.arrived.get(), 0));
    settings there = s;
    there.sample_weights = s.sample_weights ? from.weights.floats() : nullptr;
    check(network_.gradients_on_device(from.x.floats(),
                                       static_cast<const target_type*>(from.target.on_device()), n,
                                       there, loss_.floats()));
    check(cudaEventRecord(from.read.get(), kernels_.get()));
    check(loss_.fetch(sizeof(float), kernels_.get()));
    check(cudaEventRecord(done_.get(), kernels_.get()));
    image_.device_writes();  // running statistics
  }
  float finish() override {
    check(cudaEventSynchronize(done_.get()));
    return *static_cast<const float*>(loss_.pinned());
  }
  float gradients(const float* x, const void* target, std::size_t n, const settings& s) override {
    slots_[next_].x_of = nullptr;  // the caller may have written to x since
    start(x, target, n, s);
    return finish();
  }

  void update(const settings& s) override {
    take_back();
    check(network_.update(s));
    image_.device_writes(), state_.device_writes();
  }
  void outputs(std::size_t n, float* y) override { check(network_.outputs(n, y)); }
  void forward(const float* x, std::size_t n, float* y, const settings& s) override {
    take_back();
    check(network_.forward(x, n, y, s));
  }
  void statistics(const float* x, std::size_t n, const settings& s) override {
    take_back();
    check(network_.statistics(x, n, s));
    image_.device_writes();
  }
  void gradient(std::span<float> to) override { check(network_.gradient(to)); }
  void set_gradient(std::span<const float> from) override { check(network_.set_gradient(from)); }
  void run_kernel(std::size_t, std::size_t) override {}  // none is listed
  bool again(std::size_t n, std::size_t times, const settings& s) override {
    take_back();
    const slot& from = slots_[next_];  // of the last start()
    settings now = s;
    if (s.sample_weights) now.sample_weights = from.weights.floats();
    for (std::size_t i = 0; i < times; ++i, ++now.step) {
      check(network_.gradients_on_device(from.x.floats(),
                                         static_cast<const target_type*>(from.target.on_device()),
                                         n, now, loss_.floats()));
      check(network_.update(now));
    }
    check(cudaStreamSynchronize(kernels_.get()));
    image_.device_writes(), state_.device_writes();
    return true;
  }
  std::string_view target() const noexcept override { return "CUDA"; }

 private:
  static std::size_t floats_per_target(const network_info& info) {
    return info.target_is_class ? 1 : adapt_detail::floats_of(info.target_shape);
  }

  // A batch on its way.
  struct slot {
    slot(int device, const network_info& info)
        : x(device, floats(info, adapt_detail::floats_of(info.input_shape)) * sizeof(float)),
          target(device, floats(info, floats_per_target(info)) * sizeof(target_type)),
          weights(device, floats(info, info.weighted ? 1 : 0) * sizeof(float)),
          arrived(adapt_detail::make_event(device)),
          read(adapt_detail::make_event(device)) {}
    static std::size_t floats(const network_info& info, std::size_t of_sample) {
      return static_cast<std::size_t>(info.batch) * of_sample;
    }

    bool holds(const float* rows, std::size_t n) const { return x_of == rows && samples == n; }

    // Waits until the copies before have left pinned memory, and the kernels before have read.
    void send(adapt_trainer& of, const float* rows, const void* targets, std::size_t n,
              const float* sample_weights) {
      const cudaStream_t copies = of.copies_.get();
      const std::size_t in = adapt_detail::floats_of(of.info_.input_shape);
      of.check(cudaEventSynchronize(arrived.get()));
      of.check(cudaStreamWaitEvent(copies, read.get(), 0));
      of.check(x.send(rows, n * in * sizeof(float), copies));
      of.check(target.send(targets, n * floats_per_target(of.info_) * sizeof(target_type), copies));
      if (sample_weights && of.info_.weighted)
        of.check(weights.send(sample_weights, n * sizeof(float), copies));
      of.check(cudaEventRecord(arrived.get(), copies));
      x_of = rows, samples = n;
    }

    adapt_detail::both_sides x, target, weights;
    adapt_detail::owner<cudaEvent_t> arrived, read;
    const float* x_of = nullptr;  // where the caller has it; null once it is taken
    std::size_t samples = 0;
  };

  void take_back() {
    check(cudaSetDevice(device_));
    image_.take_back([&](std::span<const float> from) { check(network_.set_image(from)); });
    state_.take_back(
        [&](std::span<const float> from) { check(network_.set_optimizer_state(from)); });
  }

  void check(cudaError_t e) const { adapt_detail::require(device_, e); }
  void check(error e) const { adapt_detail::require(device_, e); }

  const network_info& info_ = *adapt_detail::info_of<Train>;
  const int device_ = adapt_detail::use_selected_device();
  const adapt_detail::owner<cudaStream_t> kernels_ = adapt_detail::make_stream(device_),
                                          copies_ = adapt_detail::make_stream(device_);
  const adapt_detail::owner<cudaEvent_t> done_ = adapt_detail::make_event(device_);
  device_memory arena_;
  slot slots_[2] = {{device_, info_}, {device_, info_}};
  std::size_t next_ = 0;  // the slot that the next start() takes, if it holds that batch
  adapt_detail::both_sides loss_{device_, sizeof(float)}, found_{device_, sizeof(unsigned)};
  adapt_detail::mirror image_{info_.image_floats}, state_{Train::optimizer_state_floats};
  Train network_;
};

}  // namespace tenon::cuda
