// Sizes and slices of arenas. Emitted code knows its offsets when it is printed; this serves what
// is sized by the caller.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/core/emitted.hpp"

namespace tenon {

// Arenas, tensors and weight rows begin at multiples of this: one cache line, one AVX-512 vector.
inline constexpr std::size_t alignment = 64;

// The least multiple of `step` that is not below `n`. step > 0.
constexpr std::size_t round_up(std::size_t n, std::size_t step) noexcept {
  return (n + step - 1) / step * step;
}

inline bool is_aligned(const void* p, std::size_t step = alignment) noexcept {
  return reinterpret_cast<std::uintptr_t>(p) % step == 0;
}

// What is wrong with an arena that should hold `bytes`.
inline error check_arena(std::span<const std::byte> arena, std::size_t bytes) noexcept {
  if (arena.size() < bytes) return error::arena_too_small;
  if (!is_aligned(arena.data())) return error::arena_misaligned;
  return error::none;
}

}  // namespace tenon
