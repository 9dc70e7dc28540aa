// shift_signals DIR: for lesson 10. Writes two arrays [500, 1, 40] of MNIST-1D's test set: clean.npy,
// and shifted.npy, the same signals moved around by half their length.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "runtime/data/mnist1d.hpp"
#include "runtime/io/npy.hpp"

int main(int argc, char** argv) {
  using tenon::runtime::mnist1d_signal;
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s DIR\n", argv[0]);
    return 2;
  }
  try {
    constexpr std::size_t length = mnist1d_signal::length, count = 500;
    const auto all = tenon::runtime::make_mnist1d();
    // The last fifth is the test set.
    std::vector<float> clean(all.values.end() - static_cast<std::ptrdiff_t>(count * length),
                             all.values.end());
    std::vector<float> shifted = clean;
    for (std::size_t i = 0; i < count; ++i) {
      const auto begin = shifted.begin() + static_cast<std::ptrdiff_t>(i * length);
      std::rotate(begin, begin + length / 2, begin + length);
    }
    const std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder);
    const std::size_t shape[] = {count, 1, length};
    tenon::runtime::write_npy((folder / "clean.npy").string(), shape, clean);
    tenon::runtime::write_npy((folder / "shifted.npy").string(), shape, shifted);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s: error: %s\n", argv[0], e.what());
    return 1;
  }
  return 0;
}
