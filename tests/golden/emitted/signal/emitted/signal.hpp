// signal, interface. Written by tenon 0.1.0 from golden.hpp; do not edit: change the network and build again.
//
//   layer                       output            parameters   FLOP/sample   what became of it
//   input                       [1, 12]
//   conv1d_1                    [3, 12]                   12           216
//   avg_pool_1                  [1, 12]
//   concat_1                    [4, 12]
//   mean_squared_error_1        [4, 12]                                      a loss: gone, its probabilities remain
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include <tenon/emitted.hpp>  // error, settings

namespace emitted::signal {

using tenon::error;
using tenon::settings;
using tenon::text;

inline constexpr char signature[] = "37f2283a86799600b253d45cac3f1547";  // of the declaration: names, shapes, options
inline constexpr std::size_t batch = 32;           // capacity of a training step; evaluation takes any number, in such chunks
inline constexpr std::size_t input_size = 12;      // floats of one sample: [1, 12]
inline constexpr std::size_t output_size = 48;     // [4, 12]
inline constexpr long parameters = 12;
inline constexpr std::size_t eval_arena_bytes = 12288;
inline constexpr std::size_t eval_image_floats = 64;   // what fold() writes and eval reads
inline constexpr std::size_t train_arena_bytes = 21952;
inline constexpr std::size_t image_floats = 64;        // parameters and buffers as the training arena holds them

namespace eval_kernels { struct job; }
namespace train_kernels { struct job; }

// Serves. All state is this object and the arena; several instances and threads at once are fine.
class eval {
 public:
  static constexpr std::size_t arena_bytes = eval_arena_bytes, image_floats = eval_image_floats;

  // arena: arena_bytes or more, aligned to 64. image: what fold() wrote, or a blob of it (embedded, or a mapped file); it is used
  // in place and has to outlive this object. threads: a pool of the caller's, or none.
  error open(std::span<std::byte> arena, std::span<const float> image, tenon::pool* threads = nullptr) noexcept;
  error open(std::span<std::byte> arena, std::span<const std::byte> blob, tenon::pool* threads = nullptr) noexcept;

  void run(const float* x, std::size_t n, float* y) noexcept;            // x [n][input_size], y [n][output_size]: logits; any n
  void probabilities(const float* x, std::size_t n, float* p) noexcept;  // what the loss stands for: p [n][output_size]
  void run_kernel(std::size_t index, std::size_t block) noexcept;        // for benchmarks, after a run
  const char* target() const noexcept;                                   // instruction set: "AVX3"

 private:
  void call(const float* x, std::size_t n, float* y, bool probabilities) noexcept;

  const float* image_ = nullptr;
  float* memory_ = nullptr;
  tenon::pool* threads_ = nullptr;
  void (*run_part_)(const eval_kernels::job&, std::size_t, std::size_t) = nullptr;
  void (*run_kernel_)(const eval_kernels::job&, std::size_t, std::size_t) = nullptr;
};

// Trains. Everything that changes from step to step comes in through `settings`.
class train {
 public:
  using target_type = float;  // [n][4, 12]
  static constexpr std::size_t arena_bytes = train_arena_bytes;

  error open(std::span<std::byte> arena, tenon::pool* threads = nullptr) noexcept;  // parameters are zero then: fill image()
  std::span<float> image() noexcept;            // parameters and buffers, see the tables in signal_info.cc
  std::span<float> optimizer_state() noexcept;

  // x [n][input_size], 1 <= n <= batch. Return the mean loss.
  float step(const float* x, const target_type* target, std::size_t n, const settings& s) noexcept;  // gradients, then update
  float gradients(const float* x, const target_type* target, std::size_t n, const settings& s) noexcept;
  void update(const settings& s) noexcept;
  void outputs(std::size_t n, float* y) noexcept;                      // of the last call: y [n][output_size]
  void gradient(std::span<float> image) noexcept;                      // of the last gradients(), laid out as the image
  void forward(const float* x, std::size_t n, float* y, const settings& s) noexcept;     // training mode; buffers stay
  void statistics(const float* x, std::size_t n, const settings& s) noexcept;            // renews running statistics only
  void run_kernel(std::size_t index, std::size_t block) noexcept;      // for benchmarks, after a step
  const char* target() const noexcept;

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

// From the training image to the image that eval reads: norms folded into weights. Exact up to rounding.
void fold(const float* image, float* eval_image) noexcept;

}  // namespace emitted::signal
