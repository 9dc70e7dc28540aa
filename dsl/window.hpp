// A window that slides over a length or over height and width: settings, rules and sizes that
// convolutions and pools share.
//
// Along one dimension of size n, a kernel of K taps with dilation D reaches R = D (K - 1) + 1
// elements; with P zeros before and P' behind there are floor((n + P + P' - R) / stride) + 1
// positions. `same`: P = floor((R - 1) / 2), P' the rest of R - 1.
#pragma once
#include <concepts>
#include <limits>

#include "dsl/layer.hpp"
#include "dsl/options.hpp"

namespace tenon::detail {

struct no_kernel {};  // conv2d<16>: the kernel was forgotten

constexpr extent as_extent(std::integral auto k) {
  return {static_cast<int>(k), static_cast<int>(k)};
}
template <int H, int W>
constexpr extent as_extent(kernel_option<H, W>) {
  return {H, W};
}
constexpr extent as_extent(no_kernel) { return {-1, -1}; }
constexpr extent as_extent(auto) { return {-2, -2}; }  // 2.5 and the like

struct window : settings_base {
  extent kernel;
  extent stride;
  extent dilation;
  extent padding{0, 0};
  bool is_same = false;

  using settings_base::set;
  template <int H, int W>
  constexpr void set(const stride_option<H, W>*) {
    take(option::stride, option::stride), stride = {H, W};
  }
  template <int H, int W>
  constexpr void set(const padding_option<H, W>*) {
    take(option::padding, option::padding), padding = {H, W};
  }

  // ---- along dimension d
  constexpr long reach(int d) const { return long{dilation[d]} * (kernel[d] - 1) + 1; }
  constexpr long before(int d) const { return is_same ? (reach(d) - 1) / 2 : padding[d]; }
  constexpr long total_padding(int d) const { return is_same ? reach(d) - 1 : 2L * padding[d]; }
  constexpr long room(int d, int n) const {
    return n + total_padding(d) - reach(d);
  }  // for the window to move in
  constexpr int positions(int d, int n) const {
    const long count = room(d, n) / stride[d] + 1;
    return static_cast<int>(
        count < std::numeric_limits<int>::max() ? count : std::numeric_limits<int>::max());
  }
  constexpr long left_over(int d, int n) const { return room(d, n) % stride[d]; }

  constexpr dims output(const dims& in, int channels) const {
    dims out(channels);
    for (int d = 0; d + 1 < in.rank; ++d) out.size[out.rank++] = positions(d, in[d + 1]);
    return out;
  }
  constexpr long taps(int rank) const {
    return rank == 2 ? kernel[0] : long{kernel[0]} * kernel[1];
  }

  // The rules that hold for every window; `in` is [channels, length] or [channels, height, width].
  constexpr bool fits(const dims& in, complaint& no) const {
    if (!sizes_fit(no)) return false;
    if (in.rank == 2 && (kernel[0] != kernel[1] || stride[0] != stride[1] ||
                         dilation[0] != dilation[1] || padding[0] != padding[1]))
      return no("has options of two numbers for one length", "give one number, such as kernel<3>"),
             false;
    for (int d = 0; d + 1 < in.rank; ++d) {
      if (room(d, in[d + 1]) >= 0) continue;
      text needs("has a window of ");
      needs << reach(0);
      if (in.rank == 3) needs << "x" << reach(1);
      return no(needs << ", larger than its input",
                is_same ? "use a smaller window" : "use a smaller window, or padding<P>"),
             false;
    }
    return true;
  }

  constexpr void spell(text& t) const {
    if (kernel == extent{-2, -2})
      t << "?";
    else if (kernel[0] == kernel[1])
      t << kernel;
    else
      t << "kernel<" << kernel << ">";
  }
  constexpr void spell_options(option_list& list, const extent& usual_stride) const {
    if (is_same) list.next() << "same";
    if (padding != extent{0, 0}) list.next() << "padding<" << padding << ">";
    if (stride != usual_stride) list.next() << "stride<" << stride << ">";
    if (dilation != extent{}) list.next() << "dilation<" << dilation << ">";
  }

  static constexpr int largest = 65'535;
  constexpr bool sizes_fit(complaint& no) const {
    if (kernel == extent{-2, -2})
      return no("has a kernel that is no whole number", "write one number, or kernel<3, 1>"), false;
    for (int d = 0; d < 2; ++d) {
      if (padding[d] < 0) return no("has a negative padding", "correct the number"), false;
      const int sizes[] = {kernel[d], stride[d], dilation[d], padding[d] > 0 ? padding[d] : 1};
      for (int s : sizes) {
        if (s < 1) return no("has a size that is not positive", "correct the number"), false;
        if (s > largest)
          return no(text("has a size over ") << largest, "correct the number"), false;
      }
    }
    return true;
  }
};

}  // namespace tenon::detail
