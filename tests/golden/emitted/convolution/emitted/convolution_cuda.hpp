// convolution, interface on a GPU. Written by tenon 0.1.0 from golden.hpp; do not edit: change the
// network and build again.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "emitted/convolution.hpp"

struct CUstream_st;  // what CUDA's cudaStream_t points to

namespace emitted::convolution::cuda {

using stream = CUstream_st*;  // cudaStream_t; null: the default stream

// Serves on a GPU. All state is this object and the arena; several instances are fine, each with a
// stream of its own. Nothing is allocated after open().
class eval {
 public:
  // Of device memory; floats of the image as training keeps it, not folded.
  static constexpr std::size_t arena_bytes = 79360, image_floats = 400;

  eval() noexcept;
  ~eval();
  eval(eval&&) noexcept;
  eval& operator=(eval&&) noexcept;

  // arena: arena_bytes or more of device memory, aligned to 256, which has to outlive this object.
  // image: parameters and buffers, in host memory; norms are folded here.
  error open(std::span<std::byte> arena, std::span<const float> image, stream s = nullptr) noexcept;

  // x [n][input_size], y [n][output_size]: logits. Any n. Host memory; returns when y is there.
  error run(const float* x, std::size_t n, float* y) noexcept;
  // What the loss stands for, such as probabilities of classes: p [n][output_size].
  error probabilities(const float* x, std::size_t n, float* p) noexcept;
  // The same on arrays in device memory, in the order of the stream; return at once.
  error run_on_device(const float* x, std::size_t n, float* y) noexcept;
  error probabilities_on_device(const float* x, std::size_t n, float* p) noexcept;

 private:
  error call(const float* x, std::size_t n, float* y, bool probabilities, bool on_device) noexcept;

  struct state;
  std::unique_ptr<state> state_;
};

// Trains on a GPU. Everything that changes from step to step comes in through `settings`.
class train {
 public:
  using target_type = emitted::convolution::train::target_type;
  // Of device memory; of parameters and buffers; of what optimizers keep.
  static constexpr std::size_t arena_bytes = 185344, image_floats = 400,
                               optimizer_state_floats = 736;

  train() noexcept;
  ~train();
  train(train&&) noexcept;
  train& operator=(train&&) noexcept;

  // arena: as for eval. Parameters are zero then: set_image().
  error open(std::span<std::byte> arena, stream s = nullptr) noexcept;
  // Parameters and buffers, and what the optimizer keeps of them, as the CPU's training has them:
  // in host memory.
  error set_image(std::span<const float> image) noexcept;
  error get_image(std::span<float> image) noexcept;
  error set_optimizer_state(std::span<const float> all) noexcept;
  error get_optimizer_state(std::span<float> all) noexcept;
  const float* image_on_device() const noexcept;

  // x [n][input_size], 1 <= n <= batch, in host memory. loss: the mean, or null: then nothing
  // waits. A step is gradients(), then update().
  error step(const float* x, const target_type* target, std::size_t n, const settings& s,
             float* loss) noexcept;
  error gradients(const float* x, const target_type* target, std::size_t n, const settings& s,
                  float* loss) noexcept;
  // The same with everything in device memory: x, target, the settings' sample_weights, loss.
  error gradients_on_device(const float* x, const target_type* target, std::size_t n,
                            const settings& s, float* loss) noexcept;
  error update(const settings& s) noexcept;
  // Of the last call: y [n][output_size]; gradients, laid out as the image. Host memory.
  error outputs(std::size_t n, float* y) noexcept;
  error gradient(std::span<float> image) noexcept;
  // What update() takes instead: a sum over several batches, say.
  error set_gradient(std::span<const float> image) noexcept;

  // As in training, without targets; buffers stay as they are.
  error forward(const float* x, std::size_t n, float* y, const settings& s) noexcept;
  // Renews running statistics and nothing else.
  error statistics(const float* x, std::size_t n, const settings& s) noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace emitted::convolution::cuda
