// perceptron, interface. Written by tenon 0.1.0 from golden.hpp; do not edit: change the network
// and build again.
//
//   layer                    output  parameters  FLOP/sample   what became of it
//   input                    [5]
//   linear_1                 [7]             42           70
//   relu_1                   [7]                               in the kernel of linear_1
//   linear_2                 [7]             56           98
//   tanh_1                   [7]                               in the kernel of linear_2
//   residual_1               [7]                               in the kernel of linear_2
//   linear_3                 [3]             24           42
//   softmax_cross_entropy_1  [3]                               a loss: gone, its probabilities
//                                                                remain
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include <tenon/emitted.hpp>  // error, settings

namespace emitted::perceptron {

using tenon::error;
using tenon::settings;
using tenon::text;

// Of the declaration: names, shapes, options. Weights of another one are refused.
inline constexpr char signature[] = "ae2d1d6b89086c205e477b1a8e4be28b";
// Capacity of a training step. Evaluation takes any number of samples, in such chunks.
inline constexpr std::size_t batch = 32;
inline constexpr std::size_t input_size = 5;  // floats of one sample: [5]
inline constexpr std::size_t output_size = 3;  // [3]
inline constexpr long parameters = 122;
// What fold() writes and eval reads.
inline constexpr std::size_t eval_image_floats = 688;
inline constexpr std::size_t eval_arena_bytes = 1792;
// Parameters and buffers as the training arena holds them; perceptron_info.cc says what lies where.
inline constexpr std::size_t image_floats = 320;

namespace eval_kernels {
struct job;
}

// Serves. All state is this object and the arena; several instances and threads at once are fine.
class eval {
 public:
  static constexpr std::size_t arena_bytes = eval_arena_bytes, image_floats = eval_image_floats;

  // arena: arena_bytes or more, aligned to 64. image: what fold() wrote; blob: the same with a
  // head,
  // embedded or mapped from a file. Both are used in place and have to outlive this object.
  // threads:
  // a pool of the caller's, or none.
  error open(std::span<std::byte> arena, std::span<const float> image,
             tenon::pool* threads = nullptr) noexcept;
  error open(std::span<std::byte> arena, std::span<const std::byte> blob,
             tenon::pool* threads = nullptr) noexcept;

  // x [n][input_size], y [n][output_size]: logits. Any n.
  void run(const float* x, std::size_t n, float* y) noexcept;
  // What the loss stands for, such as probabilities of classes: p [n][output_size].
  void probabilities(const float* x, std::size_t n, float* p) noexcept;

  // The instruction set in use: "AVX3".
  const char* target() const noexcept;
  // For benchmarks, after a run: one kernel on one block, or, behind those, on the last single
  // sample.
  void run_kernel(std::size_t index, std::size_t block) noexcept;

 private:
  void call(const float* x, std::size_t n, float* y, bool probabilities) noexcept;

  const float* image_ = nullptr;
  const float* single_x_ = nullptr;
  float* memory_ = nullptr;
  tenon::pool* threads_ = nullptr;
  void (*run_part_)(const eval_kernels::job&, std::size_t, std::size_t) = nullptr;
  void (*run_kernel_)(const eval_kernels::job&, std::size_t, std::size_t) = nullptr;
  void (*run_single_)(const eval_kernels::job&) = nullptr;
  void (*run_single_kernel_)(const eval_kernels::job&, std::size_t) = nullptr;
};

inline constexpr std::size_t train_arena_bytes = 14912;

namespace train_kernels {
struct job;
}

// Trains. Everything that changes from step to step comes in through `settings`.
class train {
 public:
  using target_type = std::int32_t;  // classes 0 to 2: [n]
  static constexpr std::size_t arena_bytes = train_arena_bytes;

  // arena: arena_bytes or more, aligned to 64. Parameters are zero then: fill image().
  error open(std::span<std::byte> arena, tenon::pool* threads = nullptr) noexcept;
  // Parameters and buffers.
  std::span<float> image() noexcept;
  std::span<float> optimizer_state() noexcept;

  // x [n][input_size], 1 <= n <= batch. Returns the mean loss. A step is gradients(), then
  // update().
  float step(const float* x, const target_type* target, std::size_t n, const settings& s) noexcept;
  float gradients(const float* x, const target_type* target, std::size_t n,
                  const settings& s) noexcept;
  void update(const settings& s) noexcept;
  // Of the last call: y [n][output_size]; gradients, laid out as the image.
  void outputs(std::size_t n, float* y) noexcept;
  void gradient(std::span<float> image) noexcept;
  // What update() takes instead: a sum over several batches, say.
  void set_gradient(std::span<const float> image) noexcept;

  // As in training, without targets; buffers stay as they are.
  void forward(const float* x, std::size_t n, float* y, const settings& s) noexcept;
  // Renews running statistics and nothing else.
  void statistics(const float* x, std::size_t n, const settings& s) noexcept;

  const char* target() const noexcept;
  // For benchmarks, after a step: one kernel on one block.
  void run_kernel(std::size_t index, std::size_t block) noexcept;

 private:
  void run(train_kernels::job& j, const settings& s) noexcept;

  float* memory_ = nullptr;
  tenon::pool* threads_ = nullptr;
  std::size_t last_n_ = batch;
  void (*run_part_)(const train_kernels::job&, std::size_t, std::size_t) = nullptr;
  void (*run_kernel_)(const train_kernels::job&, std::size_t, std::size_t) = nullptr;
  void (*collect_)(const train_kernels::job&, std::size_t) = nullptr;
  void (*renew_)(const train_kernels::job&) = nullptr;
  void (*prepare_)(const train_kernels::job&) = nullptr;
  void (*update_)(const train_kernels::job&, float*, const tenon::settings&) = nullptr;
  void (*store_outputs_)(const train_kernels::job&) = nullptr;
};

// From the training image to the image that eval reads: norms folded into weights. Exact up to
// rounding.
void fold(const float* image, float* eval_image) noexcept;

}  // namespace emitted::perceptron
