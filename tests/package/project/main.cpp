// An application that trains a network and serves it, with nothing but the emitted header: arenas of its own, no heap.
// The task: is the first number larger than the second?
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <emitted/smallest.hpp>

namespace net = emitted::smallest;

static_assert(net::parameters == 2 * 3 + 3 + 3 + 3 + 3 * 2 + 2);
static_assert(net::eval_arena_bytes <= 100'000);  // a budget: the build fails when it is exceeded

namespace {

alignas(64) std::array<std::byte, net::train_arena_bytes> train_arena;
alignas(64) std::array<std::byte, net::eval_arena_bytes> eval_arena;
alignas(64) std::array<float, net::eval_image_floats> eval_image;

// Small numbers without order, the same everywhere.
float noise(std::uint32_t i) { return static_cast<float>((i * 2654435761U) >> 8) / 8388608.0F - 1; }

struct samples {
  std::array<float, 16> x;
  std::array<std::int32_t, 8> target;

  explicit samples(std::uint32_t first) {
    for (std::uint32_t i = 0; i < 8; ++i) {
      x[2 * i] = noise(2 * (first + i));
      x[2 * i + 1] = noise(2 * (first + i) + 1);
      target[i] = x[2 * i] > x[2 * i + 1] ? 1 : 0;
    }
  }
};

int right_answers(net::eval& model) {
  int right = 0;
  for (std::uint32_t i = 0; i < 25; ++i) {
    const samples s(100'000 + 8 * i);
    std::array<float, 16> y;
    model.run(s.x.data(), 8, y.data());
    for (std::size_t j = 0; j < 8; ++j) right += (y[2 * j + 1] > y[2 * j] ? 1 : 0) == s.target[j];
  }
  return right;
}

}  // namespace

int main() {
  net::train trainer;
  if (net::error e = trainer.open(train_arena); e != net::error::none) {
    std::puts(text(e));
    return 2;
  }
  std::uint32_t i = 0;
  for (float& parameter : trainer.image()) parameter = 0.5F + 0.4F * noise(i++);

  net::settings settings;
  for (; settings.step < 500; ++settings.step) {
    const samples s(static_cast<std::uint32_t>(8 * settings.step));
    trainer.step(s.x.data(), s.target.data(), 8, settings);
  }
  net::fold(trainer.image().data(), eval_image.data());

  net::eval model;
  if (net::error e = model.open(eval_arena, eval_image); e != net::error::none) {
    std::puts(text(e));
    return 2;
  }
  const int right = right_answers(model);
  std::printf("%d of 200 right\n", right);
  return right >= 180 ? 0 : 1;
}
