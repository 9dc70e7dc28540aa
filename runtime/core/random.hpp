// Philox4x32-10, a counter-based generator: a random number is a function of where it is used, so
// threads, ranks and instruction sets agree without any state. J. K. Salmon, M. A. Moraes, R. O.
// Dror, D. E. Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
#pragma once
#include <array>
#include <cstdint>

namespace tenon {

namespace philox {

inline constexpr std::uint32_t multiplier_0 = 0xD2511F53, multiplier_1 = 0xCD9E8D57;
inline constexpr std::uint32_t key_step_0 = 0x9E3779B9,
                               key_step_1 = 0xBB67AE85;  // golden ratio, sqrt(3) - 1
inline constexpr int rounds = 10;

using counter = std::array<std::uint32_t, 4>;

constexpr counter round(counter c, std::uint32_t key_0, std::uint32_t key_1) noexcept {
  const std::uint64_t a = std::uint64_t{multiplier_0} * c[0],
                      b = std::uint64_t{multiplier_1} * c[2];
  return {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ key_0, static_cast<std::uint32_t>(b),
          static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ key_1, static_cast<std::uint32_t>(a)};
}

// Four words of 32 random bits.
constexpr counter bits(counter c, std::uint64_t key) noexcept {
  auto key_0 = static_cast<std::uint32_t>(key), key_1 = static_cast<std::uint32_t>(key >> 32);
  for (int i = 0; i < rounds; ++i, key_0 += key_step_0, key_1 += key_step_1)
    c = round(c, key_0, key_1);
  return c;
}

}  // namespace philox

// The four elements 4 * quad + 0…3 of one draw. `step` counts by its low 32 bits.
constexpr philox::counter random_bits(std::uint64_t seed, std::uint32_t stream, std::uint64_t step,
                                      std::uint32_t sample, std::uint32_t quad) noexcept {
  return philox::bits({quad, sample, static_cast<std::uint32_t>(step), stream}, seed);
}

// In [0, 1), a multiple of 2^-24: exact, and never rounded up to 1.
constexpr float to_uniform(std::uint32_t bits) noexcept {
  return static_cast<float>(bits >> 8) * 0x1p-24F;
}

// As the sample: a number that all samples of a step share. No batch is that long.
inline constexpr std::uint32_t of_the_step = 0xFFFFFFFF;

// Random number of one element: `stream` numbers the use of randomness, `sample` its position in
// the global batch.
constexpr float uniform(std::uint64_t seed, std::uint32_t stream, std::uint64_t step,
                        std::uint32_t sample, std::uint32_t element) noexcept {
  return to_uniform(random_bits(seed, stream, step, sample, element / 4)[element % 4]);
}

}  // namespace tenon
