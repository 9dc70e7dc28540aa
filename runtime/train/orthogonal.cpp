#include "runtime/train/orthogonal.hpp"

#include <cmath>
#include <cstddef>
#include <vector>

namespace tenon::runtime {
namespace {

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Rows no longer than they are many.
void orthogonal_rows(std::span<double> m, std::size_t rows, double length) {
  const std::size_t size = m.size() / rows;
  const auto row = [&](std::size_t r) { return m.subspan(r * size, size); };
  for (std::size_t r = 0; r < rows; ++r) {
    const std::span<double> v = row(r);
    for (int twice = 0; twice < 2; ++twice) {
      for (std::size_t before = 0; before < r; ++before) {
        const double share = dot(v, row(before));
        for (std::size_t i = 0; i < size; ++i) v[i] -= share * row(before)[i];
      }
      const double norm = std::sqrt(dot(v, v));
      for (double& x : v) x /= norm;
    }
  }
  for (double& x : m) x *= length;
}

}  // namespace

void make_orthogonal(std::span<double> m, std::size_t rows, std::size_t columns, double length) {
  if (rows <= columns) return orthogonal_rows(m, rows, length);
  std::vector<double> turned(m.size());
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) turned[c * rows + r] = m[r * columns + c];
  }
  orthogonal_rows(turned, columns, length);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) m[r * columns + c] = turned[c * rows + r];
  }
}

}  // namespace tenon::runtime
