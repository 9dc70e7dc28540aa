// A source that trains in milliseconds.
#pragma once
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "runtime/io/npy.hpp"

namespace tenon::test {

// 125 samples [40] of 10 classes in a folder of that name: 100 to train on, a fifth to test on. The
// text for --data.
inline std::string small_data(float scale = 1, const char* name = "data") {
  const std::filesystem::path folder = std::filesystem::current_path() / name;
  std::filesystem::create_directories(folder);
  std::vector<float> x(125 * 40);
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = scale * static_cast<float>(std::sin(0.1 * static_cast<double>(i * i % 977)));
  runtime::write_npy(folder / "x.npy", std::vector<std::size_t>{125, 40}, x);

  std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (125,), }";
  header.resize(117, ' ');
  std::string y("\x93NUMPY\1\0\x76\0", 10);
  y += header + '\n';
  for (int i = 0; i < 125; ++i) y += static_cast<char>(i * 7 % 10);
  std::ofstream(folder / "y.npy", std::ios::binary) << y;
  return "npy:" + (folder / "x.npy").string() + "," + (folder / "y.npy").string();
}

}  // namespace tenon::test
