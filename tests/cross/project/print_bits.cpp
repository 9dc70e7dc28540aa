// Trains a little, serves a little, and prints what came out down to the last bit.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <emitted/every_kind.hpp>
#include <emitted/smallest.hpp>
#include <emitted/smallest_weights.hpp>
#include <span>
#include <vector>

namespace {

// FNV-1a over the bits of floats.
std::uint64_t hash(std::span<const float> values) {
  std::uint64_t h = 14695981039346656037U;
  for (const float v : values) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &v, sizeof bits);
    for (int i = 0; i < 4; ++i, bits >>= 8) h = (h ^ (bits & 255U)) * 1099511628211U;
  }
  return h;
}

// In [-1, 1), the same everywhere.
float noise(std::uint32_t i) {
  i = (i ^ (i >> 16)) * 2654435761U;
  return static_cast<float>((i ^ (i >> 13)) >> 8) / 8388608.0F - 1;
}

struct image {
  explicit image(std::size_t floats) : memory(floats + 16) {}
  std::span<float> span() {
    const auto at = reinterpret_cast<std::uintptr_t>(memory.data());
    return std::span(memory).subspan((64 - at % 64) % 64 / sizeof(float), memory.size() - 16);
  }
  std::vector<float> memory;
};

namespace every = emitted::every_kind;
alignas(64) std::array<std::byte, every::train_arena_bytes> train_arena;
alignas(64) std::array<std::byte, every::eval_arena_bytes> eval_arena;
alignas(64) std::array<std::byte, emitted::smallest::eval_arena_bytes> small_arena;

bool finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float v) { return std::isfinite(v); });
}

}  // namespace

int main() {
  constexpr std::size_t n = every::batch - 3;  // the last block is not full
  std::vector<float> x(n * every::input_size), y(n * every::output_size);
  std::vector<std::int32_t> target(n);
  every::train trainer;
  if (trainer.open(train_arena) != every::error::none) return 2;
  std::uint32_t i = 0;
  for (float& p : trainer.image()) p = 0.3F * noise(i++) + 0.1F;
  every::settings settings;
  settings.method = tenon::optimizer::adamw;
  settings.learning_rate = 0.003F;
  for (; settings.step < 6; ++settings.step) {
    for (float& v : x) v = noise(i++);
    for (std::int32_t& t : target) t = static_cast<std::int32_t>(i++ % every::output_size);
    trainer.step(x.data(), target.data(), n, settings);
  }

  image folded(every::eval_image_floats);
  every::fold(trainer.image().data(), folded.span().data());
  every::eval model;
  if (model.open(eval_arena, folded.span()) != every::error::none) return 2;
  model.probabilities(x.data(), n, y.data());

  emitted::smallest::eval small;
  if (small.open(small_arena, emitted::smallest::weights()) != emitted::smallest::error::none) return 2;
  std::vector<float> z(30);
  small.run(x.data(), z.size() / 2, z.data());

  std::printf("target %s\nweights %016llx outputs %016llx embedded %016llx\n", model.target(),
              static_cast<unsigned long long>(hash(trainer.image())), static_cast<unsigned long long>(hash(y)),
              static_cast<unsigned long long>(hash(z)));
  return finite(trainer.image()) && finite(y) && finite(z) ? 0 : 1;
}
