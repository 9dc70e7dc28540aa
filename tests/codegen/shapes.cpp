#include "tests/codegen/shapes.hpp"

#include <limits>
#include <string>

#include "dsl/layers/all.hpp"

namespace tenon::tests {
namespace {

using values = std::vector<double>;

template <class L>
struct reference;

template <int Out, detail::linear_settings S>
struct reference<detail::linear_of<Out, S>> {
  static values run(const dims& in, const double* x, const values& w, const values& b) {
    values y(Out);
    for (int o = 0; o < Out; ++o) {
      double total = b.empty() ? 0 : b[static_cast<std::size_t>(o)];
      for (int i = 0; i < in[0]; ++i) total += w[static_cast<std::size_t>(o * in[0] + i)] * x[i];
      y[static_cast<std::size_t>(o)] = total;
    }
    return y;
  }
};

// One dimension of a window, from PyTorch's documentation; a length has a second dimension of one
// element.
struct sliding {
  int size, kernel, stride, dilation, before, positions;

  static sliding along(const detail::window& w, const dims& in, int d) {
    if (d + 1 >= in.rank) return {1, 1, 1, 1, 0, 1};
    const int reach = w.dilation[d] * (w.kernel[d] - 1);
    const int all = w.is_same ? reach : 2 * w.padding[d];
    const int before = w.is_same ? reach / 2 : w.padding[d];
    return {in[d + 1],     w.kernel[d], w.stride[d],
            w.dilation[d], before,      (in[d + 1] + all - reach - 1) / w.stride[d] + 1};
  }
  int at(int position, int tap) const { return position * stride + tap * dilation - before; }
  bool inside(int i) const { return i >= 0 && i < size; }
};

// Calls f(output element, channel, h, w) for every output of `channels`, with h and w the
// positions.
template <class F>
values for_outputs(int channels, const sliding& h, const sliding& w, F f) {
  values y;
  for (int o = 0; o < channels; ++o) {
    for (int i = 0; i < h.positions; ++i) {
      for (int j = 0; j < w.positions; ++j) y.push_back(f(o, i, j));
    }
  }
  return y;
}

template <detail::convolution C>
values convolved(const dims& in, const double* x, const values& w, const values& b) {
  const sliding v = sliding::along(C, in, 0), u = sliding::along(C, in, 1);
  const int groups = C.is_depthwise ? in[0] : C.group_count, ins = in[0] / groups,
            outs = C.channels / groups;
  return for_outputs(C.channels, v, u, [&](int o, int i, int j) {
    double total = b.empty() ? 0 : b[static_cast<std::size_t>(o)];
    for (int c = 0; c < ins; ++c) {
      for (int r = 0; r < v.kernel; ++r) {
        for (int s = 0; s < u.kernel; ++s) {
          if (!v.inside(v.at(i, r)) || !u.inside(u.at(j, s))) continue;
          total += w[static_cast<std::size_t>(((o * ins + c) * v.kernel + r) * u.kernel + s)] *
                   x[((o / outs * ins + c) * v.size + v.at(i, r)) * u.size + u.at(j, s)];
        }
      }
    }
    return total;
  });
}
template <class Layer, int Rank, detail::convolution C>
struct reference<detail::convolution_of<Layer, Rank, C>> {
  static values run(const dims& in, const double* x, const values& w, const values& b) {
    return convolved<C>(in, x, w, b);
  }
};

template <class Combine>
values pooled(const detail::pooling& p, const dims& in, const double* x, double first,
              double outside, Combine combine) {
  const sliding v = sliding::along(p, in, 0), u = sliding::along(p, in, 1);
  return for_outputs(in[0], v, u, [&](int c, int i, int j) {
    double total = first;
    for (int r = 0; r < v.kernel; ++r) {
      for (int s = 0; s < u.kernel; ++s) {
        const bool inside = v.inside(v.at(i, r)) && u.inside(u.at(j, s));
        total =
            combine(total, inside ? x[(c * v.size + v.at(i, r)) * u.size + u.at(j, s)] : outside);
      }
    }
    return total;
  });
}
template <detail::pooling P>
struct reference<detail::max_pool_of<P>> {
  static values run(const dims& in, const double* x, const values&, const values&) {
    constexpr double lowest = -std::numeric_limits<double>::infinity();
    return pooled(P, in, x, lowest, lowest, [](double a, double b) { return a > b ? a : b; });
  }
};
template <detail::pooling P>
struct reference<detail::avg_pool_of<P>> {
  static values run(const dims& in, const double* x, const values&, const values&) {
    values y = pooled(P, in, x, 0, 0, [](double a, double b) { return a + b; });
    for (double& v : y) v /= in.rank == 2 ? P.kernel[0] : P.kernel[0] * P.kernel[1];
    return y;
  }
};

template <class Input, class L>
shape_case as_case(int number, detail::layers<Input, L> list) {
  shape_case c{as_network("shape_" + std::to_string(number), list), &reference<L>::run};
  c.network.push(as_value(mean_squared_error));
  return c;
}

template <class... Lists>
std::vector<shape_case> cases(Lists... lists) {
  int number = 0;
  return {as_case(++number, lists)...};
}

}  // namespace

const std::vector<shape_case>& shape_cases() {
  static const std::vector<shape_case> all = cases(
      input<1> | linear<15>, input<15> | linear<1>, input<16> | linear<16>, input<17> | linear<33>,
      input<31> | linear<2>(no_bias), input<1, 1> | conv1d<1, 1>,
      input<3, 15> | conv1d<16, 3>(same), input<5, 16> | conv1d<7, 2>(same),
      input<2, 17> | conv1d<15, 4>(same), input<2, 33> | conv1d<3, 5>(stride<2>, padding<2>),
      input<3, 31> | conv1d<2, 3>(stride<3>, padding<1>, dilation<2>),
      input<16, 7> | conv1d<16, 3>(depthwise, padding<1>),
      input<4, 13> | conv1d<8, 3>(groups<4>, stride<2>, same),
      input<3, 17> | conv1d<3, 2>(depthwise, stride<3>, padding<2>),
      input<2, 11> | conv1d<2, 1>(stride<3>), input<1, 5> | conv1d<2, 5>,
      input<1, 4> | conv1d<1, 3>(padding<2>, stride<2>, dilation<3>),
      input<2, 9> | conv1d<2, 6>(same, dilation<2>), input<1, 1, 1> | conv2d<3, 1>,
      input<1, 1, 17> | conv2d<2, kernel<1, 3>>(same), input<2, 3, 15> | conv2d<3, 3>(same),
      input<3, 5, 16> | conv2d<2, 2>(same), input<2, 7, 5> | conv2d<15, 3>(stride<2>, same),
      input<1, 13, 11> | conv2d<2, 4>(stride<3>, padding<1>),
      input<2, 9, 9> | conv2d<2, 3>(dilation<2>, padding<2>, stride<2>),
      input<4, 5, 7> | conv2d<4, 3>(depthwise, same, stride<2>),
      input<3, 6, 4> | conv2d<9, 2>(depthwise, padding<1>),
      input<6, 5, 5> | conv2d<4, 3>(groups<2>, stride<3>, padding<2>, no_bias),
      input<2, 8, 7> | conv2d<3, kernel<4, 1>>(same, dilation<2, 1>),
      input<1, 9, 17> | conv2d<1, kernel<2, 5>>(stride<3, 2>, padding<1, 0>),
      input<17, 2, 2> | conv2d<16, 2>, input<3, 4, 4> | conv2d<5, 1>(stride<3>),
      input<2, 5, 3> | conv2d<2, kernel<5, 3>>, input<1, 17> | max_pool<2>(floor_),
      input<3, 16> | max_pool<4>(stride<2>, padding<2>), input<2, 15> | max_pool<3>(stride<1>),
      input<2, 33> | max_pool<5>(stride<3>, padding<2>, floor_), input<1, 5> | max_pool<5>,
      input<2, 7> | max_pool<2>(stride<3>, floor_),
      input<2, 7, 15> | max_pool<3>(stride<2>, padding<1>),
      input<3, 5, 17> | max_pool<2>(stride<1>),
      input<1, 8, 9> | max_pool<kernel<3, 2>>(floor_, padding<1>),
      input<5, 3, 3> | max_pool<3>(stride<1>, padding<1>), input<1, 7, 7> | max_pool<1>(stride<2>),
      input<1, 17> | avg_pool<2>(floor_), input<3, 16> | avg_pool<4>(stride<2>, padding<2>),
      input<2, 15> | avg_pool<3>(stride<1>),
      input<2, 33> | avg_pool<5>(stride<3>, padding<2>, floor_),
      input<2, 7> | avg_pool<2>(stride<3>, floor_),
      input<2, 7, 15> | avg_pool<3>(stride<2>, padding<1>),
      input<3, 5, 17> | avg_pool<2>(stride<1>),
      input<1, 8, 9> | avg_pool<kernel<3, 2>>(floor_, padding<1>),
      input<5, 3, 3> | avg_pool<3>(stride<1>, padding<1>),
      input<1, 13, 11> | avg_pool<4>(stride<3>, padding<2>, floor_));
  return all;
}

}  // namespace tenon::tests
