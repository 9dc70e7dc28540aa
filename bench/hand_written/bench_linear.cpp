// Linear layers: forward, input gradient and weight gradient with the best tiles found (rows x
// vectors).
#include <hwy/highway.h>

#include "bench/hand_written/buffer.hpp"
#include "bench/hand_written/linear-inl.h"
#include "bench/hand_written/reference.hpp"
#include "bench/hand_written/register.hpp"

HWY_BEFORE_NAMESPACE();
namespace hand_written {
namespace HWY_NAMESPACE {
namespace {

template <std::size_t Out, std::size_t In, std::size_t Block>
struct linear_data {
  // Rows that are a multiple of 4 KB apart fall into one set of the cache.
  static constexpr std::size_t padded = (In + 15) / 16 * 16,
                               stride = padded % 1024 == 0 ? padded + 16 : padded;
  buffer x{In * Block, 1}, w{Out * stride, 2}, bias{Out, 3}, y{Out * Block, 4}, d_y{Out * Block, 5},
      d_x{In * Block, 6}, x_rows{Block * stride, 7}, d_w{Out * stride, 8};
  linear_data() {
    for (std::size_t b = 0; b < Block; ++b) {
      for (std::size_t k = 0; k < stride; ++k)
        x_rows[b * stride + k] = k < In ? x[k * Block + b] : 0.0F;
    }
  }
};

// R x C: forward and input gradient; WR x WC: weight gradient.
template <std::size_t Out, std::size_t In, std::size_t Block, std::size_t R, std::size_t C,
          std::size_t WR, std::size_t WC>
void register_one(kernels& all) {
  using data = linear_data<Out, In, Block>;
  constexpr std::size_t stride = data::stride;
  constexpr double flops = 2.0 * Out * In * Block;
  const auto m = std::make_shared<data>();
  const std::string layer = "linear/" + std::to_string(In) + "->" + std::to_string(Out) + "/block" +
                            std::to_string(Block);
  all.push_back({layer + "/forward", flops,
                 [m] {
                   linear_forward<Out, In, stride, Block, R, C>(m->x.data(), m->w.data(),
                                                                m->bias.data(), m->y.data());
                 },
                 [m] {
                   return difference(
                       m->y.first(Out * Block),
                       product(
                           Out, Block, In, [&](auto o, auto k) { return m->w.at(o * stride + k); },
                           [&](auto k, auto b) { return m->x.at(k * Block + b); },
                           [&](auto o) { return m->bias.at(o); }));
                 }});
  all.push_back({layer + "/input_gradient", flops,
                 [m] {
                   linear_input_gradient<Out, In, stride, Block, R, C>(m->d_y.data(), m->w.data(),
                                                                       m->d_x.data());
                 },
                 [m] {
                   return difference(
                       m->d_x.first(In * Block),
                       product(
                           In, Block, Out, [&](auto k, auto o) { return m->w.at(o * stride + k); },
                           [&](auto o, auto b) { return m->d_y.at(o * Block + b); },
                           [](auto) { return 0.0; }));
                 }});
  all.push_back({layer + "/weight_gradient", flops,
                 [m] {
                   linear_weight_gradient<Out, In, stride, Block, WR, WC>(
                       m->d_y.data(), m->x_rows.data(), m->d_w.data());
                 },
                 [m] {
                   std::vector<float> dense(Out * In);  // without the padding of rows
                   for (std::size_t i = 0; i < dense.size(); ++i)
                     dense[i] = m->d_w[i / In * stride + i % In];
                   return difference(
                       dense,
                       product(
                           Out, In, Block, [&](auto o, auto b) { return m->d_y.at(o * Block + b); },
                           [&](auto b, auto k) { return m->x.at(k * Block + b); },
                           [](auto) { return 0.0; }));
                 }});
}

}  // namespace

void register_linear(kernels& all) {
  register_one<512, 784, 16, 12, 1, 8, 1>(all);
  register_one<512, 784, 32, 8, 2, 8, 2>(all);
  register_one<120, 400, 16, 12, 1, 8, 1>(all);
  register_one<120, 400, 32, 8, 2, 8, 2>(all);
  register_one<10, 100, 16, 10, 1, 10, 1>(all);
  register_one<10, 100, 32, 5, 2, 10, 1>(all);
}

}  // namespace HWY_NAMESPACE
}  // namespace hand_written
HWY_AFTER_NAMESPACE();

void hand_written::register_linear(kernels& all) { HWY_STATIC_DISPATCH(register_linear)(all); }
