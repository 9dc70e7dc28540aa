// emitted/<name>_cuda.hpp: the interface of a network on a GPU. Free of CUDA's headers.
#include "codegen/print/cuda.hpp"
#include "codegen/print/names.hpp"

namespace tenon::codegen {
namespace {

constexpr const char* begin = R"(
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "emitted/${name}.hpp"

struct CUstream_st;  // what CUDA's cudaStream_t points to

namespace emitted::${name}::cuda {

using stream = CUstream_st*;  // cudaStream_t; null: the default stream

// Serves on a GPU. All state is this object and the arena; several instances are fine, each with a
// stream of its own. Nothing is allocated after open().
class eval {
 public:
  // Of device memory; floats of the image as training keeps it, not folded.
  static constexpr std::size_t arena_bytes = ${eval_arena}, image_floats = ${image};

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
)";

constexpr const char* train_class = R"(

// Trains on a GPU. Everything that changes from step to step comes in through `settings`.
class train {
 public:
  using target_type = emitted::${name}::train::target_type;
  // Of device memory; of parameters and buffers; of what optimizers keep.
  static constexpr std::size_t arena_bytes = ${train_arena}, image_floats = ${image},
                               optimizer_state_floats = ${state};

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
)";

}  // namespace

std::string print_cuda_header(const edition& e) {
  const auto number = [](std::size_t v) { return fmt::format("{}", v); };
  const cuda_unit eval(e, e.cuda->eval), train(e, e.cuda->train);
  const std::vector<placeholder> values = {
      {"name", e.name()},
      {"image", number(plan_of(e.cuda->train).image)},
      {"eval_arena", number(eval.plan.total * sizeof(float))},
      {"train_arena", number(train.plan.total * sizeof(float))},
      {"state", number(2 * e.cuda->train.floats(region::gradient))}};
  writer w;
  w.line("// " + heading(e, "interface on a GPU"));
  w.text(begin, values);
  if (e.trains) w.text(train_class, values);
  w.line("");
  w.line("}}  // namespace emitted::{}::cuda", e.name());
  return w.text();
}

}  // namespace tenon::codegen
