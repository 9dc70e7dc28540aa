// emitted/<name>.hpp: the C++ interface of a network. Free of Highway, of the declaration language
// and of the heap.
#include "codegen/print/files.hpp"
#include "codegen/print/names.hpp"

namespace tenon::codegen {
namespace {

constexpr const char* begin = R"(
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include <tenon/emitted.hpp>  // error, settings

namespace emitted::${name} {

using tenon::error;
using tenon::settings;
using tenon::text;

// Of the declaration: names, shapes, options. Weights of another one are refused.
inline constexpr char signature[] = "${signature}";
// Capacity of a training step. Evaluation takes any number of samples, in such chunks.
inline constexpr std::size_t batch = ${batch};
inline constexpr std::size_t input_size = ${input};  // floats of one sample: ${input_shape}
inline constexpr std::size_t output_size = ${output};  // ${output_shape}
inline constexpr long parameters = ${parameters};
// What fold() writes and eval reads.
inline constexpr std::size_t eval_image_floats = ${eval_image};
inline constexpr std::size_t eval_arena_bytes = ${eval_arena};
// Parameters and buffers as the training arena holds them; ${name}_info.cc says what lies where.
inline constexpr std::size_t image_floats = ${image};
)";

constexpr const char* eval_class = R"(

namespace eval_kernels {
struct job;
}

// Serves. All state is this object and the arena; several instances and threads at once are fine.
class eval {
 public:
  static constexpr std::size_t arena_bytes = eval_arena_bytes, image_floats = eval_image_floats;

  // arena: arena_bytes or more, aligned to 64. image: what fold() wrote; blob: the same with a head,
  // embedded or mapped from a file. Both are used in place and have to outlive this object. threads:
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
  // For benchmarks, after a run: one kernel on one block, or, behind those, on the last single sample.
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

)";

constexpr const char* eval_mc_class = R"(
inline constexpr std::size_t eval_mc_arena_bytes = ${eval_mc_arena};

namespace eval_mc_kernels {
struct job;
}

// Serves with the noise of training: each draw gives another answer, and how far they spread tells
// how sure the network is. Norms use their running statistics.
class eval_mc {
 public:
  static constexpr std::size_t arena_bytes = eval_mc_arena_bytes;

  // arena: arena_bytes or more, aligned to 64. image: of image_floats, as training keeps it (not
  // folded), aligned to 64. Both have to outlive this object. threads: a pool of the caller's, or
  // none.
  error open(std::span<std::byte> arena, std::span<const float> image,
             tenon::pool* threads = nullptr) noexcept;

  // One draw: seed, draw and the sample's position decide all of its noise. x [n][input_size],
  // y [n][output_size]: logits. Any n.
  void run(const float* x, std::size_t n, float* y, std::uint64_t seed,
           std::uint64_t draw) noexcept;
  // What the loss stands for, such as probabilities of classes: p [n][output_size].
  void probabilities(const float* x, std::size_t n, float* p, std::uint64_t seed,
                     std::uint64_t draw) noexcept;

  // The instruction set in use: "AVX3".
  const char* target() const noexcept;

 private:
  void call(const float* x, std::size_t n, float* y, std::uint64_t seed, std::uint64_t draw,
            bool probabilities) noexcept;

  const float* image_ = nullptr;
  float* memory_ = nullptr;
  tenon::pool* threads_ = nullptr;
  void (*run_part_)(const eval_mc_kernels::job&, std::size_t, std::size_t) = nullptr;
  void (*prepare_)(const eval_mc_kernels::job&) = nullptr;
};

)";

constexpr const char* train_class = R"(
inline constexpr std::size_t train_arena_bytes = ${train_arena};

namespace train_kernels {
struct job;
}

// Trains. Everything that changes from step to step comes in through `settings`.
class train {
 public:
  using target_type = ${target};  // ${target_meaning}
  static constexpr std::size_t arena_bytes = train_arena_bytes;

  // arena: arena_bytes or more, aligned to 64. Parameters are zero then: fill image().
  error open(std::span<std::byte> arena, tenon::pool* threads = nullptr) noexcept;
  // Parameters and buffers.
  std::span<float> image() noexcept;
  std::span<float> optimizer_state() noexcept;

  // x [n][input_size], 1 <= n <= batch. Returns the mean loss. A step is gradients(), then update().
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

)";

constexpr const char* end = R"(
// From the training image to the image that eval reads: norms folded into weights. Exact up to
// rounding.
void fold(const float* image, float* eval_image) noexcept;

}  // namespace emitted::${name}
)";

std::vector<placeholder> values_of(const edition& e) {
  const auto number = [](auto v) { return fmt::format("{}", v); };
  const program &p = e.eval, &t = e.train;
  const dims &in = p.of(p.input).shape, &out = p.of(p.output).shape;
  return {{"name", e.name()},
          {"signature", e.signature},
          {"batch", number(p.batch)},
          {"input", number(in.count())},
          {"input_shape", shape_text(in)},
          {"output", number(out.count())},
          {"output_shape", shape_text(out)},
          {"parameters", number(e.d.result.parameters)},
          {"eval_image", number(plan_of_serving(p, e.single).image)},
          {"eval_arena", number(plan_of_serving(p, e.single).arena * sizeof(float))},
          {"image", number(plan_of(t).image)}};
}

std::vector<placeholder> values_of_training(const program& p) {
  const std::string target = p.target_is_class ? fmt::format("classes 0 to {}: [n]", p.classes - 1)
                                               : "[n]" + shape_text(p.of(p.target).shape);
  const char* weights = p.sample_weight >= 0 ? "; settings::sample_weights: [n] or null" : "";
  return {{"train_arena", fmt::format("{}", plan_of(p).total * sizeof(float))},
          {"target", p.target_is_class ? "std::int32_t" : "float"},
          {"target_meaning", target + weights}};
}

}  // namespace

std::string print_header(const edition& e) {
  const std::vector<placeholder> values = values_of(e);
  writer w;
  w.line("// " + heading(e, "interface"));
  w.line("//");
  layer_table(w, e.eval);
  w.text(begin, values);
  w.text(eval_class, values);
  if (e.trains) w.text(train_class, values_of_training(e.train));
  if (e.samples) {
    w.text(eval_mc_class,
           {{"eval_mc_arena", fmt::format("{}", plan_of(e.eval_mc).total * sizeof(float))}});
  }
  w.text(end, values);
  return w.text();
}

}  // namespace tenon::codegen
