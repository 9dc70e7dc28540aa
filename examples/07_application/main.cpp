// Lesson 7: an application that holds a network.
//
// Two threads serve with an instance each, over memory that is known when this is compiled, and
// share the weights, which lie in the program. A part in C asks as well. Nothing of it touches the
// heap, and everybody gets the same bits.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <emitted/signals.hpp>
#include <emitted/signals_weights.hpp>
#include <thread>

#include "heap.hpp"
#include "samples.hpp"
#include "watch.h"

namespace net = emitted::signals;

static_assert(net::eval_arena_bytes <= 32 * 1024, "a budget on memory: what this device has left");
static_assert(net::input_size == sample_size);

namespace {

// One instance, its memory, and what it found. In static storage, or wherever the application likes.
struct server {
  alignas(64) std::array<std::byte, net::eval_arena_bytes> arena;
  net::eval model;
  std::array<float, sample_count * net::output_size> probabilities;
  net::error opened = net::error::none;
  std::size_t allocated = 0;

  void serve(int rounds) noexcept {
    const std::size_t before = allocations();
    opened = model.open(arena, net::weights());
    if (opened == net::error::none) {
      // One call for all samples; `run` would give logits.
      for (int i = 0; i < rounds; ++i)
        model.probabilities(samples.data(), sample_count, probabilities.data());
    }
    allocated = allocations() - before;
  }
  const float* of(std::size_t sample) const { return probabilities.data() + sample * net::output_size; }
};

server servers[2];

bool check(const char* what, bool holds) {
  std::printf("%-62s %s\n", what, holds ? "yes" : "NO");
  return holds;
}

bool served_well() {
  bool right = true, agrees = true;
  for (std::size_t i = 0; i < sample_count; ++i) {
    const float* p = servers[0].of(i);
    const auto found = static_cast<int>(std::max_element(p, p + net::output_size) - p);
    float of_c = 0;
    const int from_c = watch_signal(samples.data() + i * sample_size, &of_c);
    std::printf("signal %zu: class %d, probability %.3f\n", i, found, static_cast<double>(p[found]));
    right = right && found == numbers[i];
    agrees = agrees && from_c == found && std::memcmp(&of_c, p + found, sizeof of_c) == 0;
  }
  check("each signal gets its class", right);
  check("C gets the bits of C++", agrees);
  return right && agrees;
}

}  // namespace

int main() {
  std::printf("%ld parameters, %zu bytes of weights in the program, %zu bytes of memory each, %s\n", net::parameters,
              net::weights().size(), net::eval_arena_bytes, servers[0].model.target());
  {
    std::jthread one([] { servers[0].serve(1000); }), other([] { servers[1].serve(1000); });
  }
  for (const server& s : servers) {
    if (s.opened != net::error::none) {
      std::puts(text(s.opened));
      return 2;
    }
  }
  const bool well = served_well();
  const bool same = check("two instances on two threads give the same bits",
                          std::memcmp(servers[0].probabilities.data(), servers[1].probabilities.data(),
                                      sizeof servers[0].probabilities) == 0);
  // Threads come from the heap, which shows that it is counted.
  const bool no_heap = check("no allocation while opening and serving",
                             servers[0].allocated + servers[1].allocated == 0 && allocations() > 0);
  return well && same && no_heap ? 0 : 1;
}
