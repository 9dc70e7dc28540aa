// An application that serves weights out of its own program. The task: is the first number larger than the second?
#include <array>
#include <cstddef>
#include <cstdio>
#include <emitted/smallest.hpp>
#include <emitted/smallest_weights.h>
#include <emitted/smallest_weights.hpp>

namespace net = emitted::smallest;

alignas(64) static std::array<std::byte, net::eval_arena_bytes> arena;

int main() {
  net::eval model;
  if (net::error e = model.open(arena, net::weights()); e != net::error::none) {
    std::puts(text(e));
    return 2;
  }
  if (smallest_weights() != net::weights().data() || smallest_weights_bytes() != net::weights().size()) return 3;

  int right = 0;
  for (int i = 0; i < 20; ++i) {
    for (int j = 0; j < 20; ++j) {
      const std::array<float, 2> x{0.1F * static_cast<float>(i) - 1, 0.1F * static_cast<float>(j) - 0.95F};
      std::array<float, 2> y;
      model.run(x.data(), 1, y.data());
      right += (y[1] > y[0]) == (x[0] > x[1]) ? 1 : 0;
    }
  }
  std::printf("%d of 400 right\n", right);
  return right >= 380 ? 0 : 1;
}
