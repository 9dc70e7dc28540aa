// Writes pictures that the lessons can learn without a download: ten classes of gratings, one per
// direction, with random phase, noise and (as CIFAR-10) colour.      make_gratings FOLDER idx|cifar
// TRAINING_COUNT TEST_COUNT
//
// IDX: big-endian header (element type 8, number of dimensions, sizes), then bytes. CIFAR-10:
// records of one label byte and three planes of 32 x 32 bytes.
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <numbers>
#include <random>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

constexpr int classes = 10;

double uniform(std::mt19937& random) { return static_cast<double>(random()) / 4294967296.0; }

// size x size bytes per channel. Classes lie 18 degrees apart; a period is 7 pixels, about a
// convolution's window.
std::vector<std::uint8_t> grating(int label, int size, int channels, std::mt19937& random) {
  const double angle = std::numbers::pi * label / classes,
               phase = 2 * std::numbers::pi * uniform(random);
  std::vector<std::uint8_t> image;
  for (int channel = 0; channel < channels; ++channel) {
    const double strength = 60 + 60 * uniform(random);
    for (int i = 0; i < size * size; ++i) {
      const double along = std::cos(angle) * (i % size) + std::sin(angle) * (i / size);
      const double wave = std::sin(2 * std::numbers::pi * along / 7 + phase);
      image.push_back(
          static_cast<std::uint8_t>(128 + strength * wave * 0.8 + 48 * (uniform(random) - 0.5)));
    }
  }
  return image;
}

class bytes_file {
 public:
  explicit bytes_file(const fs::path& path) : out_(path, std::ios::binary) {
    out_.exceptions(std::ios::failbit | std::ios::badbit);
  }
  void byte(int value) { out_.put(static_cast<char>(value)); }
  void size(int value) {
    for (int shift = 24; shift >= 0; shift -= 8) byte((value >> shift) & 255);
  }
  void bytes(const std::vector<std::uint8_t>& values) {
    for (const std::uint8_t value : values) byte(value);
  }

 private:
  std::ofstream out_;
};

void write_idx(const fs::path& folder, const std::string& part, int count, std::mt19937& random) {
  bytes_file images(folder / (part + "-images-idx3-ubyte")),
      labels(folder / (part + "-labels-idx1-ubyte"));
  for (const int number : {0x803, count, 28, 28}) images.size(number);
  for (const int number : {0x801, count}) labels.size(number);
  for (int i = 0; i < count; ++i) {
    const int label = static_cast<int>(random() % classes);
    images.bytes(grating(label, 28, 1, random));
    labels.byte(label);
  }
}

void write_cifar(const fs::path& file, int count, std::mt19937& random) {
  bytes_file out(file);
  for (int i = 0; i < count; ++i) {
    const int label = static_cast<int>(random() % classes);
    out.byte(label);
    out.bytes(grating(label, 32, 3, random));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv, argv + argc);
  const bool idx = argc == 5 && arguments[2] == "idx", cifar = argc == 5 && arguments[2] == "cifar";
  if (!idx && !cifar) {
    std::cerr << "usage: make_gratings FOLDER idx|cifar TRAINING_COUNT TEST_COUNT\n";
    return 2;
  }
  const fs::path folder = arguments[1];
  const int training = std::stoi(arguments[3]), test = std::stoi(arguments[4]);
  std::mt19937 random(42);
  fs::create_directories(folder);
  if (idx) {
    write_idx(folder, "train", training, random);
    write_idx(folder, "t10k", test, random);
  } else {
    write_cifar(folder / "data_batch_1.bin", training, random);
    write_cifar(folder / "test_batch.bin", test, random);
  }
}
