#include "tests/runtime/linear_network.hpp"

#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <tenon/core.hpp>
#include <vector>

#include "runtime/train/image.hpp"

namespace tenon::test {
namespace {

constexpr std::size_t pad(std::size_t n) { return (n + 15) / 16 * 16; }

// Sizes of one of the networks.
template <std::size_t In, std::size_t Out, bool Classes, mistake Mistake = mistake::none,
          bool Shares = false>
struct linear {
  static constexpr std::size_t stride = pad(In), bias = Out * stride,
                               image_floats = bias + pad(Out);

  template <class T>
  static void forward(const T* w, std::size_t w_stride, const T* b, const T* x, T* y) {
    for (std::size_t o = 0; o < Out; ++o) {
      y[o] = b[o];
      for (std::size_t i = 0; i < In; ++i) y[o] += w[o * w_stride + i] * x[i];
    }
  }

  template <class T>
  static void softmax(const T* y, T* p) {
    const T most = *std::max_element(y, y + Out);
    T sum = 0;
    for (std::size_t o = 0; o < Out; ++o) sum += p[o] = std::exp(y[o] - most);
    for (std::size_t o = 0; o < Out; ++o) p[o] /= sum;
  }

  // Loss of one sample, and its gradient in d_y.
  template <class T>
  static T loss(const T* y, std::size_t target_class, const T* target, T* d_y) {
    if constexpr (Shares) {
      softmax(y, d_y);
      T value = 0, all = 0;
      for (std::size_t o = 0; o < Out; ++o) value -= target[o] * std::log(d_y[o]), all += target[o];
      for (std::size_t o = 0; o < Out; ++o) d_y[o] = all * d_y[o] - target[o];
      return value;
    } else if constexpr (Classes) {
      softmax(y, d_y);
      const T value = -std::log(d_y[target_class]);
      d_y[target_class] -= 1;
      return value;
    } else {
      T sum = 0;
      for (std::size_t o = 0; o < Out; ++o) {
        const T difference = y[o] - target[o];
        sum += difference * difference / T(Out);
        d_y[o] = 2 * difference / T(Out);
      }
      return sum;
    }
  }

  class eval final : public evaluator {
   public:
    explicit eval(std::span<const float> image) : image_(image) {}
    void run(const float* x, std::size_t n, float* y) noexcept override {
      for (std::size_t s = 0; s < n; ++s)
        forward(image_.data(), stride, image_.data() + bias, x + s * In, y + s * Out);
    }
    void probabilities(const float* x, std::size_t n, float* p) noexcept override {
      run(x, n, p);
      if constexpr (Classes || Shares) {
        for (std::size_t s = 0; s < n; ++s) softmax(p + s * Out, p + s * Out);
      }
    }
    void run_kernel(std::size_t, std::size_t) noexcept override {
      run(zeros_.data(), 1, y_.data());
    }
    std::string_view target() const noexcept override { return "BYHAND"; }

   private:
    std::span<const float> image_;
    std::vector<float> zeros_ = std::vector<float>(In), y_ = std::vector<float>(Out);
  };

  class train final : public trainer_core {
   public:
    std::span<float> image() noexcept override { return image_.span(); }
    std::span<float> optimizer_state() noexcept override { return state_.span(); }

    float gradients(const float* x, const void* target, std::size_t n,
                    const settings& how) noexcept override {
      std::ranges::fill(gradient_.span(), 0.0F);
      float sum = 0;
      for (std::size_t s = 0; s < n; ++s) {
        const float weight = how.sample_weights ? how.sample_weights[s] : 1.0F;
        sum += weight * add_sample(x + s * In, target, s, weight / static_cast<float>(n));
      }
      if (Mistake == mistake::in_emitted_gradient) gradient_.data()[bias] *= 1.01F;
      return sum / static_cast<float>(n);
    }
    void update(const settings& s) noexcept override {
      constexpr parameter_place places[] = {{0, bias, Out, In, stride, true},
                                            {bias, pad(Out), 1, Out, pad(Out), false}};
      HWY_NAMESPACE::update_parameters(
          s, places,
          {gradient_.data(), state_.data(), state_.data() + image_floats, image_.data()});
    }
    void outputs(std::size_t n, float* y) noexcept override {
      std::copy_n(outputs_.data(), n * Out, y);
    }
    void forward(const float* x, std::size_t n, float* y, const settings&) noexcept override {
      for (std::size_t s = 0; s < n; ++s)
        linear::forward(image_.data(), stride, image_.data() + bias, x + s * In, y + s * Out);
    }
    void statistics(const float*, std::size_t, const settings&) noexcept override {}
    void gradient(std::span<float> image) noexcept override {
      std::ranges::copy(gradient_.span(), image.begin());
    }
    void set_gradient(std::span<const float> image) noexcept override {
      std::copy_n(image.begin(), image_floats, gradient_.data());
    }
    void run_kernel(std::size_t, std::size_t) noexcept override { update(settings{}); }
    std::string_view target() const noexcept override { return "BYHAND"; }

   private:
    float add_sample(const float* x, const void* target, std::size_t s, float scale) {
      float* y = outputs_.data() + s * Out;
      linear::forward(image_.data(), stride, image_.data() + bias, x, y);
      const auto c =
          Classes ? static_cast<std::size_t>(static_cast<const std::int32_t*>(target)[s]) : 0;
      const float* t = Classes ? nullptr : static_cast<const float*>(target) + s * Out;
      float d_y[Out];
      const float value = loss(y, c, t, d_y);
      for (std::size_t o = 0; o < Out; ++o) {
        gradient_.data()[bias + o] += scale * d_y[o];
        for (std::size_t i = 0; i < In; ++i)
          gradient_.data()[o * stride + i] += scale * d_y[o] * x[i];
      }
      return value;
    }
    runtime::aligned_floats image_{image_floats}, gradient_{image_floats}, state_{2 * image_floats};
    std::vector<float> outputs_ = std::vector<float>(64 * Out);
  };

  static constexpr std::string_view layers[] = {"linear_1"};

  static double twin(const double* parameters, const double* x, const double* target, std::size_t n,
                     std::uint64_t, std::uint64_t, double* y, double* d_parameters, double* d_x,
                     double* spreads) {
    const double *w = parameters, *b = parameters + Out * In;
    if (d_parameters) std::fill_n(d_parameters, Out * In + Out, 0.0);
    if (d_x) std::fill_n(d_x, n * In, 0.0);
    if (spreads) spreads[0] = 0.5, spreads[1] = 0.25;
    double sum = 0;
    for (std::size_t s = 0; s < n; ++s) {
      linear::forward(w, In, b, x + s * In, y + s * Out);
      double d_y[Out];
      const auto c = Classes ? static_cast<std::size_t>(target[s]) : 0;
      sum += loss(y + s * Out, c, target + (Classes ? 0 : s * Out), d_y);
      for (std::size_t o = 0; o < Out; ++o) {
        const double d = d_y[o] / static_cast<double>(n);
        if (d_parameters) d_parameters[Out * In + o] += d;
        for (std::size_t i = 0; i < In; ++i) {
          if (d_parameters) d_parameters[o * In + i] += d * x[s * In + i];
          if (d_x) d_x[s * In + i] += d * w[o * In + i];
        }
      }
    }
    if (Mistake == mistake::in_twin_gradient && d_parameters) d_parameters[3] *= 1.0001;
    return sum / static_cast<double>(n);
  }

  static network_entry entry(const network_info& info) {
    return {
        .info = &info,
        .make_evaluator = [](std::span<const float> image, pool*) -> std::unique_ptr<evaluator> {
          return std::make_unique<eval>(image);
        },
        .make_trainer = [](pool*) -> std::unique_ptr<trainer_core> {
          return std::make_unique<train>();
        },
        .fold = [](const float* image,
                   float* to) noexcept { std::copy_n(image, image_floats, to); },
        .scalar = {twin, layers}};
  }
};

constexpr int weight_shape[] = {10, 40}, bias_shape[] = {10}, input_shape[] = {1, 40},
              output_shape[] = {10};
constexpr parameter_info classifier_parameters[] = {
    {"linear_1.weight", "linear_1", "weight", weight_shape, 0, 10, 40, 48, false, true,
     initializer::he_uniform, 0, 40, 10},
    {"linear_1.bias", "linear_1", "bias", bias_shape, 480, 1, 10, 16, false, false,
     initializer::constant, 0, 40, 10}};
constexpr kernel_info classifier_kernels[] = {{"linear_1", "linear_1", 800, 400, 2}};

network_info classifier_info() {
  return {.name = "byhand",
          .signature = "0123456789abcdef0123456789abcdef",
          .input_shape = input_shape,
          .output_shape = output_shape,
          .target_shape = {},
          .target_is_class = true,
          .classes = 10,
          .batch = 32,
          .block = 16,
          .norm_positions = 0,
          .parameter_count = 410,
          .macs = 400,
          .flops_eval = 800,
          .flops_train = 1600,
          .image_floats = 496,
          .eval_image_floats = 496,
          .eval_arena_bytes = 4096,
          .train_arena_bytes = 8192,
          .parameters = classifier_parameters,
          .eval_kernels = classifier_kernels,
          .train_kernels = classifier_kernels,
          .notes = {}};
}

constexpr int small_weight[] = {2, 3}, small_bias[] = {2}, small_input[] = {3};
constexpr parameter_info small_parameters[] = {
    {"linear_1.weight", "linear_1", "weight", small_weight, 0, 2, 3, 16, false, true,
     initializer::fan_in_uniform, 0, 3, 2},
    {"linear_1.bias", "linear_1", "bias", small_bias, 32, 1, 2, 16, false, false,
     initializer::fan_in_uniform, 0, 3, 2}};

network_info regressor_info() {
  return {.name = "values",
          .signature = "00000000000000000000000000000001",
          .input_shape = small_input,
          .output_shape = small_bias,
          .target_shape = small_bias,
          .target_is_class = false,
          .classes = 0,
          .batch = 8,
          .block = 16,
          .norm_positions = 0,
          .parameter_count = 8,
          .macs = 6,
          .flops_eval = 12,
          .flops_train = 24,
          .image_floats = 48,
          .eval_image_floats = 48,
          .eval_arena_bytes = 256,
          .train_arena_bytes = 512,
          .parameters = small_parameters,
          .eval_kernels = {},
          .train_kernels = {},
          .notes = {}};
}

}  // namespace

const network_entry& classifier(mistake m) {
  static const network_info info = classifier_info();
  static const network_entry right = linear<40, 10, true>::entry(info);
  static const network_entry wrong =
      linear<40, 10, true, mistake::in_emitted_gradient>::entry(info);
  static const network_entry wrong_twin =
      linear<40, 10, true, mistake::in_twin_gradient>::entry(info);
  return m == mistake::none ? right : m == mistake::in_emitted_gradient ? wrong : wrong_twin;
}

const network_entry& regressor() {
  static const network_info info = regressor_info();
  static const network_entry entry = linear<3, 2, false>::entry(info);
  return entry;
}

const network_entry& weighted_classifier() {
  static const network_info info = [] {
    network_info i = classifier_info();
    i.weighted = true;
    return i;
  }();
  static const network_entry entry = linear<40, 10, true>::entry(info);
  return entry;
}

const network_entry& soft_classifier() {
  static const network_info info = [] {
    network_info i = classifier_info();
    i.target_shape = output_shape;
    i.target_is_class = false;
    i.target_is_distribution = true;
    return i;
  }();
  static const network_entry entry = linear<40, 10, false, mistake::none, true>::entry(info);
  return entry;
}

const network_entry& normed_classifier() {
  static const network_info info = [] {
    network_info i = classifier_info();
    i.norm_positions = 1;
    return i;
  }();
  static const network_entry entry = linear<40, 10, true>::entry(info);
  return entry;
}

}  // namespace tenon::test
