#include "codegen/transform.hpp"

#include <algorithm>
#include <cmath>

namespace tenon::codegen {
namespace {

// table[columns * out + reduced], whole.
std::optional<table_side> side_of(const kernel& k, const node& n) {
  const affine& at = n.index[0];
  if (at.constant != 0 || at.terms.size() != 2) return {};
  affine::term out = at.terms[0], reduced = at.terms[1];
  if (out.axis >= k.outer) std::swap(out, reduced);
  if (out.axis >= k.outer || reduced.axis < k.outer) return {};
  table_side s{{k.extents[static_cast<std::size_t>(out.axis)],
                k.extents[static_cast<std::size_t>(reduced.axis)], n.numbers},
               out.axis,
               reduced.axis};
  const bool whole = reduced.coefficient == 1 && out.coefficient == s.numbers.columns &&
                     n.numbers.size() == static_cast<std::size_t>(s.numbers.rows) *
                                             static_cast<std::size_t>(s.numbers.columns);
  return whole ? std::optional(s) : std::nullopt;
}

void collect_factors(const expr& e, std::vector<const node*>& out) {
  if (e->kind != op::multiply) return out.push_back(e.get());
  for (const expr& a : e->args) collect_factors(a, out);
}

// Halves, quarters, ... that rounding has missed: sqrt(2)^2 is 2.
double tidy(double v) {
  const double near = std::round(v * 64) / 64;
  return std::abs(v - near) < 1e-13 ? near : v;
}

// Coefficients of the product of (x - root), lowest power first.
std::vector<double> polynomial(const std::vector<double>& roots) {
  std::vector<double> p{1};
  for (double root : roots) {
    p.push_back(0);
    for (std::size_t i = p.size() - 1; i > 0; --i) p[i] = p[i - 1] - root * p[i];
    p[0] *= -root;
  }
  return p;
}

}  // namespace

std::optional<transform> transform_of(const kernel& k) {
  const node* sum = find_reduction(k.value);
  if (sum == nullptr || sum->kind != op::sum || sum->axes.size() != 2) return {};
  std::vector<const node*> factors;
  collect_factors(sum->args[0], factors);
  transform t;
  std::vector<table_side> sides;
  for (const node* n : factors) {
    if (n->kind == op::read && t.read == nullptr) {
      t.read = n;
    } else if (n->kind == op::table) {
      const std::optional<table_side> side = side_of(k, *n);
      if (!side) return {};
      sides.push_back(*side);
    } else {
      return {};
    }
  }
  if (t.read == nullptr || sides.size() != 2) return {};
  if (sides[0].reduced > sides[1].reduced) std::swap(sides[0], sides[1]);
  t.first = sides[0], t.second = sides[1];
  const auto moves = [&](const affine& a) {
    return a.coefficient(t.first.out) != 0 || a.coefficient(t.second.out) != 0;
  };
  if (t.first.out == t.second.out || t.first.reduced == t.second.reduced ||
      std::any_of(t.read->index.begin(), t.read->index.end(), moves))
    return {};
  return t;
}

double winograd_error(int m, int channels) {
  constexpr double epsilon = 6e-8;
  const double more = std::sqrt(static_cast<double>(channels));
  return epsilon * (m == 4 ? 8 + 2.2 * more : 2 + 0.5 * more);
}

// Toom's and Cook's construction (Lavin, Gray, "Fast algorithms for convolutional neural networks",
// 2016) over the points 0, +-sqrt(1/2), +-sqrt(2) and infinity, or 0, +-1 and infinity for m = 2.
// The usual points 0, +-1, +-2 lose four times as much to rounding (largest error 5e-6 instead of
// 1.4e-6 of the largest output with 64 channels) and cost as many operations: a pair of points +-p
// shares its even and odd powers, and the columns of At may be scaled so that most numbers are 1.
winograd_tables winograd_of(int m) {
  const double low = std::sqrt(0.5), high = std::sqrt(2.0);
  const std::vector<double> points =
      m == 4 ? std::vector<double>{0, low, -low, high, -high} : std::vector<double>{0, 1, -1};
  const std::vector<double> scale =
      m == 4 ? std::vector<double>{1, low, low, 2, 2} : std::vector<double>{1, 1, 1};
  constexpr int taps = 3;
  const int n = m + taps - 1, last = n - 1;
  const auto zeros = [](int rows, int columns) {
    return matrix{rows, columns,
                  std::vector<double>(static_cast<std::size_t>(rows * columns), 0.0)};
  };
  winograd_tables t{zeros(n, n), zeros(n, taps), zeros(m, n)};
  const auto set = [](matrix& a, int row, int column, double v) {
    a.numbers[static_cast<std::size_t>(row * a.columns + column)] = tidy(v);
  };
  for (int j = 0; j < last; ++j) {
    const double p = points[static_cast<std::size_t>(j)];
    const double s = scale[static_cast<std::size_t>(j)];
    std::vector<double> others = points;
    others.erase(others.begin() + j);
    double norm = 1;
    for (double q : others) norm *= p - q;
    const std::vector<double> row = polynomial(others);
    for (int i = 0; i < last; ++i) set(t.inputs, j, i, row[static_cast<std::size_t>(i)]);
    for (int i = 0; i < taps; ++i) set(t.weights, j, i, s * std::pow(p, i) / norm);
    for (int i = 0; i < m; ++i) set(t.products, i, j, std::pow(p, i) / s);
  }
  const std::vector<double> row = polynomial(points);
  for (int i = 0; i < n; ++i) set(t.inputs, last, i, row[static_cast<std::size_t>(i)]);
  set(t.weights, last, taps - 1, 1);
  set(t.products, m - 1, last, 1);
  return t;
}

}  // namespace tenon::codegen
