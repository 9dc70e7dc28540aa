// Writes a table that lesson 8 can learn without a download: Friedman's first function,
//   y = 10 sin(pi a b) + 20 (c - 0.5)^2 + 10 d + 5 e + noise,
// of uniform columns, three more that say nothing, and a scale like that of prices.   make_table
// FILE ROWS
// J. H. Friedman, Multivariate adaptive regression splines, 1991, section 4.3.
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <numbers>
#include <random>

namespace {

constexpr double unit = 10'000;  // of the target

void write_row(std::ostream& out, std::mt19937& random) {
  std::array<double, 8> x;
  for (double& value : x) value = static_cast<double>(random()) / 4294967296.0;
  std::normal_distribution<double> noise;
  const double y = 10 * std::sin(std::numbers::pi * x[0] * x[1]) +
                   20 * (x[2] - 0.5) * (x[2] - 0.5) + 10 * x[3] + 5 * x[4] + noise(random);
  out << unit * y;
  for (const double value : x) out << ',' << value;
  out << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: make_table FILE ROWS\n";
    return 2;
  }
  std::ofstream out(argv[1]);
  out << "price,a,b,c,d,e,f,g,h\n";
  std::mt19937 random(8);
  for (int i = 0; i < std::atoi(argv[2]); ++i) write_row(out, random);
  return out.flush() ? 0 : 2;
}
