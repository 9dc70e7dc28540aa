// An evaluator over an emitted CUDA eval class.
#pragma once
#include <cuda_runtime.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>

#include "runtime/core/adapt_cuda_staging.hpp"

namespace tenon::cuda {

namespace adapt_detail {

// Of the classes that adapt() was called for.
template <class Emitted>
inline const network_info* info_of = nullptr;

inline std::size_t floats_of(std::span<const int> shape) {
  std::size_t n = 1;
  for (const int extent : shape) n *= static_cast<std::size_t>(extent);
  return n;
}

}  // namespace adapt_detail

// Samples go through two buffers in turns: while kernels work on one chunk of them, the next one is
// on its way.
template <class Eval>
class adapt_evaluator final : public evaluator {
 public:
  // image: eval_image_floats; copied. On the device that select() chose. Throws
  // device_error.
  explicit adapt_evaluator(std::span<const float> image) {
    adapt_detail::allocate(device_, arena_, Eval::arena_bytes);
    adapt_detail::require(device_, network_.open(arena_.bytes(), image, kernels_.get()));
  }
  ~adapt_evaluator() override { static_cast<void>(cudaStreamSynchronize(kernels_.get())); }
  adapt_evaluator(const adapt_evaluator&) = delete;
  adapt_evaluator& operator=(const adapt_evaluator&) = delete;

  static std::unique_ptr<evaluator> make(std::span<const float> image, pool*) {
    return std::make_unique<adapt_evaluator>(image);
  }

  void run(const float* x, std::size_t n, float* y) override {
    each_chunk(x, n, y, [&](const slot& s, std::size_t now) {
      return network_.run_on_device(s.x.floats(), now, s.y.floats());
    });
  }
  void probabilities(const float* x, std::size_t n, float* p) override {
    each_chunk(x, n, p, [&](const slot& s, std::size_t now) {
      return network_.probabilities_on_device(s.x.floats(), now, s.y.floats());
    });
  }
  void run_kernel(std::size_t, std::size_t) override {}  // none is listed
  bool again(std::size_t n, std::size_t times) override {
    const slot& s = slots_[0];  // where a run of one chunk leaves its samples
    for (std::size_t i = 0; i < times; ++i)
      adapt_detail::require(device_, network_.run_on_device(s.x.floats(), n, s.y.floats()));
    check(cudaStreamSynchronize(kernels_.get()));
    return true;
  }
  std::string_view target() const noexcept override { return "CUDA"; }

 private:
  struct slot {
    slot(int device, const network_info& info)
        : x(device, bytes_of(info, info.input_shape)),
          y(device, bytes_of(info, info.output_shape)),
          arrived(adapt_detail::make_event(device)),
          done(adapt_detail::make_event(device)) {}
    static std::size_t bytes_of(const network_info& info, std::span<const int> shape) {
      return static_cast<std::size_t>(info.batch) * adapt_detail::floats_of(shape) * sizeof(float);
    }

    adapt_detail::both_sides x, y;
    adapt_detail::owner<cudaEvent_t> arrived, done;
    std::size_t samples = 0;  // under way
    float* to = nullptr;      // where their outputs go
  };

  template <class Run>
  void each_chunk(const float* x, std::size_t n, float* y, Run run) {
    check(cudaSetDevice(device_));
    for (slot& s : slots_) s.samples = 0;  // of a call that was thrown out of
    const auto chunk = static_cast<std::size_t>(info_.batch);
    std::size_t next = 0;
    for (std::size_t at = 0; at < n; at += chunk, next = 1 - next) {
      slot& s = slots_[next];
      collect(s);
      s.samples = std::min(chunk, n - at);
      s.to = y + at * out_;
      check(s.x.send(x + at * in_, s.samples * in_ * sizeof(float), copies_.get()));
      check(cudaEventRecord(s.arrived.get(), copies_.get()));
      check(cudaStreamWaitEvent(kernels_.get(), s.arrived.get(), 0));
      adapt_detail::require(device_, run(s, s.samples));
      check(s.y.fetch(s.samples * out_ * sizeof(float), kernels_.get()));
      check(cudaEventRecord(s.done.get(), kernels_.get()));
    }
    collect(slots_[next]);
    collect(slots_[1 - next]);
  }

  // What was under way in the slot, if anything.
  void collect(slot& s) {
    if (s.samples == 0) return;
    const std::size_t samples = s.samples;
    s.samples = 0;
    check(cudaEventSynchronize(s.done.get()));
    std::memcpy(s.to, s.y.pinned(), samples * out_ * sizeof(float));
  }

  void check(cudaError_t e) const { adapt_detail::require(device_, e); }

  const network_info& info_ = *adapt_detail::info_of<Eval>;
  const std::size_t in_ = adapt_detail::floats_of(info_.input_shape),
                    out_ = adapt_detail::floats_of(info_.output_shape);
  const int device_ = adapt_detail::use_selected_device();
  const adapt_detail::owner<cudaStream_t> kernels_ = adapt_detail::make_stream(device_),
                                          copies_ = adapt_detail::make_stream(device_);
  device_memory arena_;
  slot slots_[2] = {{device_, info_}, {device_, info_}};
  Eval network_;
};

}  // namespace tenon::cuda
