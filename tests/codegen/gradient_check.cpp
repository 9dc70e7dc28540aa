#include "tests/codegen/gradient_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>

#include "codegen/passes.hpp"
#include "codegen/verify.hpp"

namespace tenon::tests {

using codegen::affine;
using codegen::axis;
using codegen::expr;
using codegen::home;
using codegen::kernel;
using codegen::node;
using codegen::op;
using codegen::program;
using codegen::role;
using codegen::scalar_state;

namespace {

bool reads_data(const program& p, const expr& e) {
  bool found = false;
  codegen::for_each_read(
      e, [&](const node& n) { found = found || p.of(n.tensor).where >= home::batch; });
  return found;
}

// A tensor over the first `count` axes of k that holds `choice`.
void record(program& p, const kernel& k, std::size_t count, const expr& choice) {
  if (count > 4)
    throw std::logic_error("gradient check: a decision over more axes than a tensor has");
  codegen::tensor t;
  t.name = fmt::format("decision_{}", p.tensors.size());
  kernel d{.name = t.name, .layer = k.layer, .out = static_cast<int>(p.tensors.size())};
  t.where = home::batch;
  codegen::for_each_read(choice,
                         [&](const node& n) { t.where = std::max(t.where, p.of(n.tensor).where); });
  for (std::size_t a = 0; a < count; ++a) {
    d.at.emplace_back(axis{static_cast<int>(a), 0});
    t.shape.size[t.shape.rank++] = k.extents[a];
  }
  d.extents = k.extents;
  d.outer = static_cast<int>(count);
  if (!codegen::find_reduction(choice)) d.extents.resize(count);
  d.value = choice;
  p.tensors.push_back(std::move(t));
  p.kernels.push_back(std::move(d));
}

void record_decisions(program& p, const kernel& k) {
  const node* r = codegen::find_reduction(k.value);
  const std::vector<const node*> inside =
      r ? codegen::in_order(r->args[0]) : std::vector<const node*>{};
  for (const node* n : codegen::in_order(k.value)) {
    if (!reads_data(p, expr(node(*n)))) continue;
    const bool in_sum = std::find(inside.begin(), inside.end(), n) != inside.end();
    const std::size_t axes = in_sum ? k.extents.size() : static_cast<std::size_t>(k.outer);
    if (n->kind == op::maximum_of || n->kind == op::minimum_of || n->kind == op::greater)
      record(p, k, axes, select(greater(n->args[0], n->args[1]), 1, 0));
    if (n->kind == op::maximum) record(p, k, axes, first_maximum(n->axes, n->args[0]));
  }
}

// The loss along a line through a state, and whether the points so far decided alike.
class line {
 public:
  line(const program& p, scalar_state& s, std::size_t n) : p_(p), s_(s), n_(n) {
    for (std::size_t i = 0; i < p.tensors.size(); ++i) {
      if (p.tensors[i].name.starts_with("decision_")) decisions_.push_back(i);
    }
  }
  bool smooth() const { return smooth_; }
  bool has_kinks() const { return !decisions_.empty(); }

  // Error of order h^4, so h may be large and rounding small. `move(x)` puts the state at x along
  // the line.
  double derivative(const std::function<void(double)>& move, double h) {
    first_ = true, smooth_ = true;
    const double near = loss(move, h) - loss(move, -h),
                 far = loss(move, 2 * h) - loss(move, -2 * h);
    move(0);
    return (8 * near - far) / (12 * h);
  }

 private:
  double loss(const std::function<void(double)>& move, double x) {
    move(x);
    run(p_, s_, n_);
    if (first_) decided_.clear();
    for (std::size_t i = 0; i < decisions_.size(); ++i) {
      if (first_)
        decided_.push_back(s_.values[decisions_[i]]);
      else
        smooth_ = smooth_ && decided_[i] == s_.values[decisions_[i]];
    }
    first_ = false;
    return s_.of(p_.loss)[0];
  }

  const program& p_;
  scalar_state& s_;
  std::size_t n_;
  std::vector<std::size_t> decisions_;
  std::vector<std::vector<double>> decided_;
  bool first_ = true, smooth_ = true;
};

// Steps: small where kinks are near, large where rounding is the only enemy.
constexpr double step_near_kinks = 1e-5, smooth_step = 1e-4;
constexpr double tolerance_near_kinks = 1e-6, smooth_tolerance = 1e-7;

// By tensor of `forward`: the gradient, zero for a parameter that has none because a norm takes it
// out again.
std::vector<std::vector<double>> derived(const program& forward, std::size_t n,
                                         std::uint64_t seed) {
  program p = forward;
  codegen::verify(p, "lower");
  codegen::differentiate_with_input(p);
  codegen::verify(p, "differentiate");
  const scalar_state s = run_on_random_values(p, n, seed);
  std::vector<std::vector<double>> g(forward.tensors.size());
  for (std::size_t i = 0; i < forward.tensors.size(); ++i) {
    const codegen::tensor& t = forward.tensors[i];
    if (t.what != role::parameter && t.what != role::input) continue;
    for (std::size_t d = 0; d < p.tensors.size(); ++d) {
      if (p.tensors[d].what == role::gradient && p.tensors[d].of == static_cast<int>(i))
        g[i] = s.values[d];
    }
    if (g[i].empty() && t.redundant) g[i].assign(s.values[i].size(), 0);
    if (g[i].empty()) throw std::logic_error(fmt::format("{} has no gradient", t.name));
  }
  return g;
}

}  // namespace

program with_decisions(const program& forward) {
  program p = forward;
  for (const kernel& k : forward.kernels) record_decisions(p, k);
  return p;
}

bool enough_samples(const program& p, std::size_t n) {
  return p.norm_positions == 0 || n * static_cast<std::size_t>(p.norm_positions) >= 2;
}

gradient_check check_every_element(const program& forward, std::size_t n, std::uint64_t seed) {
  const std::vector<std::vector<double>> gradients = derived(forward, n, seed);
  const program p = with_decisions(forward);
  scalar_state s = random_state(p, n, seed);
  line along(p, s, n);
  const double h = along.has_kinks() ? step_near_kinks : smooth_step;
  const double tolerance = along.has_kinks() ? tolerance_near_kinks : smooth_tolerance;
  double largest_of_all = 0;
  for (const auto& g : gradients) largest_of_all = std::max(largest_of_all, largest(g));
  gradient_check result;
  for (std::size_t t = 0; t < gradients.size(); ++t) {
    const double scale = std::max(largest(gradients[t]), 1e-3 * largest_of_all);
    for (std::size_t i = 0; i < gradients[t].size(); ++i) {
      const double at = s.values[t][i];
      const double found = along.derivative([&](double x) { s.values[t][i] = at + x; }, h);
      if (!along.smooth()) {
        ++result.skipped;
        continue;
      }
      ++result.checked;
      if (std::fabs(found - gradients[t][i]) <= tolerance * scale || !result.failure.empty())
        continue;
      result.failure =
          fmt::format("{} n {} seed {}: d loss / d {}[{}] is {:.12g}, differences say {:.12g}",
                      p.network, n, seed, p.tensors[t].name, i, gradients[t][i], found);
    }
  }
  return result;
}

gradient_check check_direction(const program& forward, std::size_t n, std::uint64_t seed,
                               double tolerance) {
  const std::vector<std::vector<double>> gradients = derived(forward, n, seed);
  const program p = with_decisions(forward);
  scalar_state s = random_state(p, n, seed);
  const scalar_state begin = s;
  line along(p, s, n);
  random_numbers random(seed + 1);
  gradient_check result;
  // A long way through a big network crosses kinks; shorter steps along fresh directions are tried
  // before giving up.
  for (double h : {along.has_kinks() ? 1e-5 : 1e-4, 2e-6, 1e-6}) {
    std::vector<std::vector<double>> direction = gradients;
    double norm = 0, expected = 0, scale = 0;
    for (auto& d : direction) {
      for (double& x : d) x = random.between(-1, 1), norm += x * x;
    }
    for (std::size_t t = 0; t < gradients.size(); ++t) {
      for (std::size_t i = 0; i < gradients[t].size(); ++i) {
        direction[t][i] /= std::sqrt(norm);
        expected += direction[t][i] * gradients[t][i];
        scale += gradients[t][i] * gradients[t][i];
      }
    }
    const double found = along.derivative(
        [&](double x) {
          for (std::size_t t = 0; t < direction.size(); ++t) {
            for (std::size_t i = 0; i < direction[t].size(); ++i)
              s.values[t][i] = begin.values[t][i] + x * direction[t][i];
          }
        },
        h);
    if (!along.smooth()) continue;
    result.checked = 1;
    // A random direction meets about 1 / sqrt(dimensions) of the gradient's length; rounding of the
    // loss is 1e-16 / h.
    const double allowed =
        tolerance * std::sqrt(scale) + 1e-14 * std::max(1.0, std::fabs(s.of(p.loss)[0])) / h;
    if (!(std::fabs(found - expected) <= allowed))
      result.failure = fmt::format(
          "{} n {} seed {}: along a random direction the gradient gives {:.12g}, differences give "
          "{:.12g}, "
          "allowed are {:.1e}",
          p.network, n, seed, expected, found, allowed);
    return result;
  }
  result.skipped = 1;
  return result;
}

}  // namespace tenon::tests
