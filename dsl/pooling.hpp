// What max_pool and avg_pool share: settings and rules. 1-d or 2-d, by the input; the stride is the
// kernel unless given.
#pragma once
#include "dsl/window.hpp"

namespace tenon::detail {

struct pooling : window {
  bool floor = false;

  using window::set;
  constexpr void set(const floor_option*) { take(option::floor_, option::floor_), floor = true; }

  constexpr dims shape(const dims& in, complaint& no, std::string_view kind) const {
    if (!options_fit(*this, "stride<S>, padding<P>, floor_", no)) return {};
    if (kernel == extent{-1, -1}) return no("has no window size", text("write ") << kind << "<2>");
    if (in.rank < 2)
      return no("needs [channels, length] or [channels, height, width]", "move it before flatten");
    if (!fits(in, no)) return {};
    for (int d = 0; d + 1 < in.rank; ++d) {
      // As PyTorch: more would make windows of zeros alone.
      if (2 * padding[d] > kernel[d])
        return no("has a padding of more than half its window", "use at most half the window");
      if (floor || left_over(d, in[d + 1]) == 0) continue;
      text needs("its windows leave ");
      const char* what = in.rank == 2 ? " element" : d == 0 ? " row" : " column";
      needs << left_over(d, in[d + 1]) << what << (left_over(d, in[d + 1]) == 1 ? "" : "s")
            << " over";
      return no(needs, remedy_for_rest(in, kind));
    }
    return output(in, in[0]);
  }

  constexpr void spell(text& t, std::string_view kind) const {
    t << kind << "<";
    if (kernel != extent{-1, -1}) window::spell(t);
    option_list list(t << ">");
    spell_options(list, kernel);
    if (floor) list.next() << "floor_";
    list.close();
  }

 private:
  // A smaller window that divides the input, if stride and window are one; else padding or floor_.
  constexpr text remedy_for_rest(const dims& in, std::string_view kind) const {
    text remedy;
    for (int size = kernel[0] - 1; size > 1 && remedy.empty(); --size) {
      bool divides = stride == kernel && kernel[0] == kernel[1] && padding == extent{0, 0};
      for (int d = 0; d + 1 < in.rank; ++d) divides = divides && in[d + 1] % size == 0;
      if (divides) remedy << "use " << kind << "<" << size << ">, or ";
    }
    return remedy << "add floor_ to drop what is left";
  }
};

template <auto Kernel>
consteval pooling make_pooling() {
  pooling p;
  p.kernel = p.stride = as_extent(Kernel);
  return p;
}

// One output per channel and position: combine(axes of the window, read), where `read` is the input
// under a tap, or `outside` where the window hangs over the edge.
template <class V>
V pool(auto& k, const V& x, const pooling& p, double outside, auto combine) {
  const dims out = p.output(x.shape, x.shape[0]);
  const auto to = k.over(out);
  auto window_axes = k.over(dims());
  const auto under = [&](int d) {
    const auto tap = window_axes.emplace_back(k.over(p.kernel[d]));
    return p.stride[d] * to[static_cast<std::size_t>(d) + 1] + tap - static_cast<int>(p.before(d));
  };
  const auto h = under(0);
  if (out.rank == 2) return k.define(to, combine(window_axes, x.at({to[0], h}, outside)));
  const auto w = under(1);
  return k.define(to, combine(window_axes, x.at({to[0], h, w}, outside)));
}

}  // namespace tenon::detail
