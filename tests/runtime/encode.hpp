// Writes the pictures that the readers are tested on.
#pragma once
#include <cstdint>
#include <span>
#include <string>

namespace tenon::test {

// pixels [height][width][channels]; channels: 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA.
std::string png(std::span<const std::uint8_t> pixels, unsigned width, unsigned height,
                unsigned channels);
// channels: 1 or 3. quality 100 keeps flat colours within one step.
std::string jpeg(std::span<const std::uint8_t> pixels, unsigned width, unsigned height,
                 unsigned channels, int quality = 100, bool progressive = false);

}  // namespace tenon::test
