// Convolutions: forward, input gradient and weight gradient with the best tiles found.
#include <hwy/highway.h>

#include <vector>

#include "bench/hand_written/buffer.hpp"
#include "bench/hand_written/conv-inl.h"
#include "bench/hand_written/conv_weight-inl.h"
#include "bench/hand_written/peak-inl.h"
#include "bench/hand_written/reference.hpp"
#include "bench/hand_written/register.hpp"

HWY_BEFORE_NAMESPACE();
namespace hand_written {
namespace HWY_NAMESPACE {
namespace {

// Channels x positions x vectors, and for the weight gradient outputs x (inputs x kernel rows x
// kernel columns).
struct tiles {
  std::size_t R, P, C, input_R, input_P, input_C, weight_R, weight_I, weight_K, weight_T;
};

template <conv_shape s>
struct conv_data {
  static constexpr std::size_t d_x_floats = s.in * s.input_height() * s.input_width() * s.block;
  buffer x{s.x_floats(), 1}, w{s.out * s.w_stride(), 2}, bias{s.out, 3}, y{s.y_floats(), 4},
      d_y{s.y_floats(), 5}, d_x{d_x_floats, 6}, d_w{s.out * s.w_stride(), 7};
};

std::string name_of(const conv_shape& s) {
  const auto text = [](std::size_t n) { return std::to_string(n); };
  const std::string size = s.height == 1 ? text(s.width) : text(s.height) + "x" + text(s.width);
  const std::string kernel =
      s.height == 1 ? text(s.kernel_w) : text(s.kernel_h) + "x" + text(s.kernel_w);
  return (s.height == 1 ? "conv1d/" : "conv2d/") + text(s.in) + "->" + text(s.out) + "," + size +
         "," + kernel + (s.stride == 2 ? ",stride2" : "") + "/block" + text(s.block);
}

template <conv_shape s, tiles t>
void register_forward(kernels& all, const std::shared_ptr<conv_data<s>>& m) {
  all.push_back({name_of(s) + "/forward", s.flops(),
                 [m] {
                   conv_forward<s, t.R, t.P, t.C>(m->x.data(), m->w.data(), m->bias.data(),
                                                  m->y.data());
                 },
                 [m] {
                   std::vector<double> y(s.y_floats());
                   for (std::size_t i = 0; i < y.size(); ++i)
                     y[i] = m->bias.at(i / (s.height * s.width * s.block));
                   for_each_term(s, [&](auto o, auto i, auto tap, auto at_y, auto at_x) {
                     y[at_y] += m->w.at(o * s.w_stride() + i * s.taps() + tap) * m->x.at(at_x);
                   });
                   return difference(m->y.first(y.size()), y);
                 }});
}

template <conv_shape s, tiles t>
void register_weight_gradient(kernels& all, const std::shared_ptr<conv_data<s>>& m) {
  all.push_back({name_of(s) + "/weight_gradient", s.flops(),
                 [m] {
                   conv_weight_gradient<s, t.weight_R, t.weight_I, t.weight_K, t.weight_T>(
                       m->d_y.data(), m->x.data(), m->d_w.data());
                 },
                 [m] {
                   std::vector<double> exact(s.out * s.in * s.taps());
                   std::vector<float> dense(exact.size());
                   for_each_term(s, [&](auto o, auto i, auto tap, auto at_y, auto at_x) {
                     exact[(o * s.in + i) * s.taps() + tap] += m->d_y.at(at_y) * m->x.at(at_x);
                   });
                   const std::size_t row = s.in * s.taps();
                   for (std::size_t i = 0; i < dense.size(); ++i)
                     dense[i] = m->d_w[i / row * s.w_stride() + i % row];
                   return difference(dense, exact);
                 }});
}

// Same-sized convolution: halo of (kernel - 1) / 2 on each side of d_y, and d_x without its own
// halo.
template <conv_shape s, tiles t>
void register_input_gradient(kernels& all, const std::shared_ptr<conv_data<s>>& m) {
  constexpr std::size_t top = (s.kernel_h - 1) / 2, left = (s.kernel_w - 1) / 2;
  const auto d_y =
      std::make_shared<buffer>(s.out * s.input_height() * s.input_width() * s.block, 9);
  for (std::size_t i = 0; i < d_y->size(); ++i) {
    const std::size_t position = i / s.block, w = position % s.input_width();
    const std::size_t h = position / s.input_width() % s.input_height();
    const std::size_t o = position / s.input_width() / s.input_height();
    const bool inside = h >= top && h < top + s.height && w >= left && w < left + s.width;
    (*d_y)[i] =
        inside ? m->d_y[((o * s.height + h - top) * s.width + w - left) * s.block + i % s.block]
               : 0.0F;
  }
  all.push_back(
      {name_of(s) + "/input_gradient", s.flops(),
       [m, d_y] {
         conv_input_gradient<s, t.input_R, t.input_P, t.input_C>(d_y->data(), m->w.data(),
                                                                 m->d_x.data());
       },
       [m] {
         std::vector<double> padded(s.x_floats());
         for_each_term(s, [&](auto o, auto i, auto tap, auto at_y, auto at_x) {
           padded[at_x] += m->w.at(o * s.w_stride() + i * s.taps() + tap) * m->d_y.at(at_y);
         });
         std::vector<double> exact;
         for (std::size_t i = 0; i < s.in * s.height * s.width * s.block; ++i) {
           const std::size_t position = i / s.block, w = position % s.width,
                             h = position / s.width % s.height;
           const std::size_t row = position / s.width / s.height * s.input_height() + h + top;
           exact.push_back(padded[(row * s.input_width() + w + left) * s.block + i % s.block]);
         }
         return difference(m->d_x.first(exact.size()), exact);
       }});
}

template <conv_shape s, tiles t>
void register_stride2_input_gradient(kernels& all, const std::shared_ptr<conv_data<s>>& m) {
  constexpr std::size_t length = 2 * s.width - 1;
  // The taps that fall on the padding are not computed.
  constexpr double flops = 2.0 * static_cast<double>(s.in * s.out * (3 * s.width - 2) * s.block);
  all.push_back({name_of(s) + "/input_gradient", flops,
                 [m] {
                   conv1d_stride2_input_gradient<s, t.input_R, t.input_P, t.input_C>(
                       m->d_y.data(), m->w.data(), m->d_x.data());
                 },
                 [m] {
                   std::vector<double> padded(s.x_floats()), exact;
                   for_each_term(s, [&](auto o, auto i, auto tap, auto at_y, auto at_x) {
                     padded[at_x] +=
                         m->w.at(o * s.w_stride() + i * s.taps() + tap) * m->d_y.at(at_y);
                   });
                   for (std::size_t i = 0; i < s.in * length * s.block; ++i) {
                     const std::size_t channel = i / (length * s.block),
                                       rest = i % (length * s.block);
                     exact.push_back(padded[channel * s.input_width() * s.block + s.block + rest]);
                   }
                   return difference(m->d_x.first(exact.size()), exact);
                 }});
}

template <conv_shape s, tiles t>
void register_one(kernels& all) {
  const auto m = std::make_shared<conv_data<s>>();
  register_forward<s, t>(all, m);
  if constexpr (s.stride == 1) {
    register_input_gradient<s, t>(all, m);
  } else {
    register_stride2_input_gradient<s, t>(all, m);
  }
  register_weight_gradient<s, t>(all, m);
}

}  // namespace

void register_conv(kernels& all) {
  constexpr tiles narrow{4, 4, 1, 4, 4, 1, 2, 1, 3, 3}, wide{4, 2, 2, 4, 2, 2, 2, 1, 3, 3};
  register_one<conv_shape{16, 16, 32, 32, 3, 3, 1, 16}, narrow>(all);
  register_one<conv_shape{16, 16, 32, 32, 3, 3, 1, 32}, wide>(all);
  register_one<conv_shape{32, 32, 16, 16, 3, 3, 1, 16}, narrow>(all);
  register_one<conv_shape{32, 32, 16, 16, 3, 3, 1, 32}, wide>(all);
  register_one<conv_shape{64, 64, 8, 8, 3, 3, 1, 16}, narrow>(all);
  register_one<conv_shape{64, 64, 8, 8, 3, 3, 1, 32}, wide>(all);
  register_one<conv_shape{1, 6, 28, 28, 5, 5, 1, 16}, tiles{3, 4, 1, 1, 7, 1, 3, 1, 1, 5}>(all);
  register_one<conv_shape{1, 6, 28, 28, 5, 5, 1, 32}, tiles{6, 1, 2, 1, 4, 2, 3, 1, 1, 5}>(all);
  register_one<conv_shape{25, 25, 1, 10, 1, 3, 2, 16}, tiles{5, 2, 1, 5, 5, 1, 3, 1, 1, 3}>(all);
  register_one<conv_shape{25, 25, 1, 10, 1, 3, 2, 32}, tiles{5, 2, 2, 5, 2, 2, 5, 5, 1, 1}>(all);
}

}  // namespace HWY_NAMESPACE
}  // namespace hand_written
HWY_AFTER_NAMESPACE();

void hand_written::register_conv(kernels& all) { HWY_STATIC_DISPATCH(register_conv)(all); }
double hand_written::measure_peak(int runs) { return HWY_STATIC_DISPATCH(peak_gflops)(runs); }
const char* hand_written::target() { return hwy::TargetName(HWY_STATIC_TARGET); }
