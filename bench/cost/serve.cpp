// The smallest application that serves: maps a blob of weights, answers once, says the class and
// how long that took from main() on. What cost.py measures the size and the start of.
//   serve BLOB
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <emitted/resnet20.hpp>
#include <span>

namespace net = emitted::resnet20;

namespace {

alignas(64) std::array<std::byte, net::eval_arena_bytes> arena;
std::array<float, net::input_size> picture;
std::array<float, net::output_size> logits;

std::span<const std::byte> mapped(const char* path) {
  const int file = open(path, O_RDONLY);
  struct stat about {};
  if (file < 0 || fstat(file, &about) != 0) return {};
  const auto size = static_cast<std::size_t>(about.st_size);
  void* const memory = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (memory == MAP_FAILED) return {};
  return {static_cast<const std::byte*>(memory), size};
}

}  // namespace

int main(int argc, char** argv) {
  using clock = std::chrono::steady_clock;
  const auto microseconds = [](clock::duration d) {
    return std::chrono::duration<double, std::micro>(d).count();
  };
  if (argc != 2) {
    std::puts("usage: serve BLOB");
    return 2;
  }
  const auto begin = clock::now();
  net::eval model;
  if (const net::error found = model.open(arena, mapped(argv[1])); found != net::error::none) {
    std::printf("serve: error: %s: %s\n", argv[1], text(found));
    return 2;
  }
  for (std::size_t i = 0; i < picture.size(); ++i) picture[i] = static_cast<float>(i % 255) / 255;
  const auto opened = clock::now();
  model.run(picture.data(), 1, logits.data());
  const auto done = clock::now();
  const auto best = std::max_element(logits.begin(), logits.end()) - logits.begin();
  std::printf("%td %.1f %.1f\n", best, microseconds(opened - begin), microseconds(done - opened));
}
