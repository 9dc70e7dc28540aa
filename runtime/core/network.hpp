// A network as tables and entry points: what `lenet_info.cc` gives to the executable (runtime/app),
// to benches and to tests. A serving application does not need this header; it uses the emitted
// one.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "runtime/core/emitted.hpp"

namespace tenon {

// How a parameter is filled at first. `value` of its table is the constant, normal's deviation,
// uniform's bound (values lie in [-bound, bound)), the length of orthogonal rows.
enum class initializer : std::uint8_t {
  constant,
  normal,
  uniform,
  orthogonal,
  row_norms,       // one per row: the length of that row of the parameter before it
  fan_in_uniform,  // deviation 1 / sqrt(3 fan_in), biases too: what layers do unless told otherwise
  // asked for when a run begins
  he_uniform,
  he_normal,
  glorot_uniform,
  glorot_normal,
  lecun_uniform,
  lecun_normal
};

// A parameter or buffer. Element (r, i) of its logical, row-major array lies at image[offset + r *
// stride + i]; r counts the first dimension (one row where rank < 2), i the rest.
struct parameter_info {
  std::string_view name;       // "conv2d_1.weight", as in safetensors files
  std::string_view layer;      // "conv2d_1"
  std::string_view kind;       // "weight"
  std::span<const int> shape;  // as PyTorch's: [out, in / groups, kh, kw], [out, in], [channels]
  std::size_t offset, rows, row, stride;  // floats
  bool buffer;                            // kept, not trained
  bool decays;                            // weight decay reaches it by default
  initializer how;
  double value;
  long fan_in, fan_out;
  // Of a buffer that averages over batches: what a batch weighs in it after it was set to 0.
  double first_weight = 0;
};

struct kernel_info {
  std::string_view name;  // "conv2d_1_weight_gradient"
  std::string_view layer;
  double flops;  // per sample of a block kernel
  double bytes;  // read + written at least, per sample
  double calls;  // blocks of a full batch that run it (1 for kernels of a step)
};

// The shape of a network's ends and what its tables say. All counts are of the declared network.
struct network_info {
  std::string_view name;
  std::string_view signature;  // 32 hexadecimal digits of the declaration: names, shapes, options
  std::span<const int> input_shape, output_shape;
  std::span<const int> target_shape;  // of one sample; empty for class numbers
  bool target_is_class;  // int32 class numbers in [0, classes); otherwise floats of target_shape
  int classes;           // 0 where targets are values
  int batch;             // capacity
  int block;             // samples that lie side by side
  int norm_positions;  // fewest values per channel and sample that a batch norm sees; 0 without one
  long parameter_count, macs, flops_eval, flops_train;
  std::size_t image_floats;       // parameters and buffers as the training arena holds them
  std::size_t eval_image_floats;  // what fold() writes and eval reads
  std::size_t eval_arena_bytes, train_arena_bytes;
  std::span<const parameter_info> parameters;  // parameters and buffers in order of declaration
  std::span<const kernel_info> eval_kernels, train_kernels;
  std::span<const std::string_view> notes;  // what was folded, dropped or fused, a line each
  bool target_is_distribution = false;      // floats [classes]: how much of each class a sample is
  bool weighted = false;                    // settings::sample_weights count
  // Kernels of eval for one sample at a time, which up to so many samples take; run_kernel() counts
  // them behind eval_kernels.
  std::span<const kernel_info> single_kernels{};
  int most_singles = 0;

  bool tells_classes() const { return target_is_class || target_is_distribution; }
};

// A device refused or failed: none is there, it has too little memory, it was lost. The message
// says so for users.
class device_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What runs on a device throws device_error; what runs on the CPU throws nothing.
class evaluator {  // emitted eval network over an arena of its own
 public:
  virtual ~evaluator() = default;
  virtual void run(const float* x, std::size_t n, float* y) = 0;  // any n
  virtual void probabilities(const float* x, std::size_t n, float* p) = 0;
  virtual void run_kernel(std::size_t index, std::size_t block) = 0;  // for benches, after a run
  // For benches of devices, after a run of n samples, at most a batch: as often again, with samples
  // and outputs that stay there; returns when all is done. False where there is no such place.
  virtual bool again(std::size_t /*n*/, std::size_t /*times*/) { return false; }
  virtual std::string_view target() const noexcept = 0;  // "AVX3"
};

class sampler {  // emitted eval_mc network over an arena of its own
 public:
  virtual ~sampler() = default;
  // One draw of the noise, fixed by seed and draw; any n.
  virtual void run(const float* x, std::size_t n, float* y, std::uint64_t seed,
                   std::uint64_t draw) noexcept = 0;
  virtual void probabilities(const float* x, std::size_t n, float* p, std::uint64_t seed,
                             std::uint64_t draw) noexcept = 0;
};

inline constexpr std::size_t optimizer_slots = 2;  // the most that an optimizer needs

// Emitted training network over an arena of its own. A device keeps what image() and
// optimizer_state() show: the arrays that they give are copies then: as they are now, and taken
// back by the next call that computes. Who reads or writes after such a call asks for them again.
class trainer_core {
 public:
  virtual ~trainer_core() = default;
  virtual std::span<float> image() = 0;  // parameters and buffers
  // The same where nothing will be changed: a device need not take it back.
  virtual std::span<const float> read_image() { return image(); }
  // What the optimizers keep of each parameter, zero at first: `optimizer_slots` arrays of equal
  // length, one after the other, each laid out as the beginning of the image (parameters come
  // before buffers there).
  virtual std::span<float> optimizer_state() = 0;
  virtual std::span<const float> read_optimizer_state() { return optimizer_state(); }
  // Whether all of the image is finite, where that is known without bringing it here.
  virtual std::optional<bool> finite() { return std::nullopt; }

  // A device computes while its caller does other things: start() gives it a batch, prefetch() the
  // batch that the next start() will be called with, by the same pointers; finish() waits for what
  // start() began. `gradients` is start() and finish().
  virtual bool overlaps() const noexcept { return false; }
  virtual void start(const float* x, const void* target, std::size_t n, const settings& s) {
    started_ = gradients(x, target, n, s);
  }
  virtual void prefetch(const float*, const void*, std::size_t, const float* /*sample_weights*/) {}
  virtual float finish() { return started_; }

  // Mean loss of n samples, 1 <= n <= batch; gradients stay inside until update(). Running
  // statistics are renewed. `target` is int32_t[n] for classes, else float[n * target size].
  virtual float gradients(const float* x, const void* target, std::size_t n, const settings&) = 0;
  virtual void update(const settings&) = 0;
  virtual void outputs(std::size_t n, float* y) = 0;  // of the last gradients() or forward()
  // Training mode, no buffer changes.
  virtual void forward(const float* x, std::size_t n, float* y, const settings&) = 0;
  // Running statistics only.
  virtual void statistics(const float* x, std::size_t n, const settings&) = 0;
  // Of the last gradients(), laid out as the image.
  virtual void gradient(std::span<float> image) = 0;
  // What update() takes instead, laid out so too: a sum over several batches, say.
  virtual void set_gradient(std::span<const float> image) = 0;
  virtual void run_kernel(std::size_t index, std::size_t block) = 0;
  // As evaluator::again: steps, each gradients and update, on the batch of the last gradients().
  virtual bool again(std::size_t /*n*/, std::size_t /*times*/, const settings&) { return false; }
  virtual std::string_view target() const noexcept = 0;

 private:
  float started_ = 0;
};

// The double twin: a plain program with logical, contiguous, sample-major arrays, for gradient
// checks. parameters: all parameters and buffers in order, unpadded. d_parameters, d_x and spreads
// may be null. spreads: two numbers for each of `layers`, the deviation of its outputs and that of
// the loss's gradient there (NaN where none is needed, or where it is that of a sum behind); only
// where gradients are asked for. Of a weighted network `target` holds the n targets, then the n
// weights of the samples.
struct scalar_twin {
  double (*loss)(const double* parameters, const double* x, const double* target, std::size_t n,
                 std::uint64_t seed, std::uint64_t step, double* y, double* d_parameters,
                 double* d_x, double* spreads);
  std::span<const std::string_view> layers{};
};

// The same network on a GPU, where the executable was built with it.
struct cuda_network {
  // As the CPU's, but for arenas, block and eval_image_floats; kernels are not counted one by one.
  const network_info* info;
  std::unique_ptr<evaluator> (*make_evaluator)(std::span<const float> eval_image, pool*);
  std::unique_ptr<trainer_core> (*make_trainer)(pool*);          // null without train mode
  void (*fold)(const float* image, float* eval_image) noexcept;  // host memory
  int (*devices)() noexcept;            // how many there are; 0 without a driver
  std::string (*describe)(int device);  // "NVIDIA H200, compute capability 9.0, 139 GiB"
  // What is made from now on, on any thread, runs there. Throws device_error where it cannot.
  void (*select)(int device);
};

struct network_entry {
  const network_info* info;
  std::unique_ptr<evaluator> (*make_evaluator)(std::span<const float> eval_image,
                                               pool*);   // image outlives the evaluator
  std::unique_ptr<trainer_core> (*make_trainer)(pool*);  // null without train mode
  // Null where the network has no noise. The image, not folded, outlives the sampler.
  std::unique_ptr<sampler> (*make_sampler)(std::span<const float> image, pool*) = nullptr;
  void (*fold)(const float* image, float* eval_image) noexcept;
  scalar_twin scalar;                                // null where left out
  const cuda_network& (*cuda)() noexcept = nullptr;  // null where built without
};

// The network as its GPU runs it, for code that takes a network_entry. Samples of the noise are
// drawn by the CPU. cuda is not null.
inline network_entry device_entry(const network_entry& network) {
  const cuda_network& there = network.cuda();
  network_entry entry = network;
  entry.info = there.info;
  entry.make_evaluator = there.make_evaluator;
  entry.make_trainer = there.make_trainer;
  entry.fold = there.fold;
  return entry;
}

}  // namespace tenon

// The one symbol through which the executable finds its network; defined by the emitted
// `<name>_info.cc`.
const tenon::network_entry& tenon_network() noexcept;
