#include "codegen/expressions.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <unordered_map>

namespace tenon::codegen {
namespace {

void visit(const expr& e, std::set<const node*>& seen, std::vector<const node*>& out) {
  if (!seen.insert(e.get()).second) return;
  for (const expr& a : e->args) visit(a, seen, out);
  out.push_back(e.get());
}

expr rewrite_memo(const expr& e, const std::function<expr(node)>& f,
                  std::unordered_map<const node*, expr>& done) {
  if (auto known = done.find(e.get()); known != done.end()) return known->second;
  node n = *e;
  for (expr& a : n.args) a = rewrite_memo(a, f, done);
  expr out = f(std::move(n));
  done.emplace(e.get(), out);
  return out;
}

constexpr double two_over_sqrt_pi = 1.1283791670955126;

// d e / d args[i], given e itself; an empty expr means zero.
expr partial(const expr& e, std::size_t i) {
  const std::vector<expr>& a = e->args;
  switch (e->kind) {
    case op::add:
      return expr(1);
    case op::subtract:
      return expr(i == 0 ? 1 : -1);
    case op::multiply:
      return a[1 - i];
    case op::divide:
      return i == 0 ? expr(1) / a[1] : -(e / a[1]);
    case op::negate:
      return expr(-1);
    case op::maximum_of:
      return select(greater(a[1], a[0]), expr(i == 0 ? 0 : 1), expr(i == 0 ? 1 : 0));
    case op::minimum_of:
      return select(greater(a[0], a[1]), expr(i == 0 ? 0 : 1), expr(i == 0 ? 1 : 0));
    case op::exp:
      return e;
    case op::log:
      return expr(1) / a[0];
    case op::tanh:
      return expr(1) - e * e;
    case op::sigmoid:
      return e * (expr(1) - e);
    case op::erf:
      return expr(two_over_sqrt_pi) * exp(-(a[0] * a[0]));
    case op::sqrt:
      return expr(0.5) / e;
    default:
      throw std::logic_error("derivatives: an operation without a derivative rule");
  }
}

// seed * d, where d may be a literal 1 or -1, or a choice between literals.
expr chain(const expr& seed, const expr& d) {
  if (is_constant(d, -1)) return -seed;
  if (d->kind == op::select && is_constant(d->args[1]) && is_constant(d->args[2])) {
    return select(d->args[0], chain(seed, d->args[1]),
                  chain(seed, d->args[2]));  // selection: 0 * infinity is NaN
  }
  if (is_constant(d, 0)) return expr(0);
  return seed * d;
}

}  // namespace

std::vector<const node*> in_order(const expr& e) {
  std::set<const node*> seen;
  std::vector<const node*> out;
  visit(e, seen, out);
  return out;
}

bool draws(const expr& e) {
  const std::vector<const node*> nodes = in_order(e);
  return std::any_of(nodes.begin(), nodes.end(),
                     [](const node* n) { return n->kind == op::uniform; });
}

const node* find_reduction(const expr& e) {
  for (const node* n : in_order(e)) {
    if (is_reduction(n->kind)) return n;
  }
  return nullptr;
}

expr rewrite(const expr& e, const std::function<expr(node)>& f) {
  std::unordered_map<const node*, expr> done;
  return rewrite_memo(e, f, done);
}

bool same(const expr& a, const expr& b) {
  if (a.get() == b.get()) return true;
  const bool heads =
      a->kind == b->kind &&
      (a->number == b->number || (a->number != a->number && b->number != b->number)) &&
      a->tensor == b->tensor && a->stream == b->stream && a->index == b->index &&
      a->numbers == b->numbers && a->args.size() == b->args.size() &&
      a->axes.size() == b->axes.size();
  if (!heads) return false;
  for (std::size_t i = 0; i < a->axes.size(); ++i) {
    if (a->axes[i].id != b->axes[i].id || a->axes[i].extent != b->axes[i].extent) return false;
  }
  for (std::size_t i = 0; i < a->args.size(); ++i) {
    if (!same(a->args[i], b->args[i])) return false;
  }
  return true;
}

affine substitute(const affine& a, const std::vector<affine>& axes) {
  affine out(a.constant);
  for (const affine::term& t : a.terms)
    out = out + t.coefficient * axes.at(static_cast<std::size_t>(t.axis));
  return out;
}

expr substitute(const expr& e, const std::vector<affine>& axes) {
  return rewrite(e, [&](node n) {
    for (affine& a : n.index) a = substitute(a, axes);
    return expr(std::move(n));
  });
}

std::vector<derivative> derivatives(const expr& e, const expr& seed,
                                    const std::function<bool(const node&)>& wanted) {
  // Reverse order over the part of the DAG that lies outside reductions.
  std::vector<expr> order;
  std::set<const node*> seen;
  const std::function<void(const expr&)> collect = [&](const expr& x) {
    if (!seen.insert(x.get()).second) return;
    if (!is_reduction(x->kind)) {
      for (const expr& a : x->args) collect(a);
    }
    order.push_back(x);
  };
  collect(e);
  std::unordered_map<const node*, expr> d;
  const auto add = [&](const expr& x, const expr& term) {
    if (is_constant(term, 0)) return;
    auto [at, fresh] = d.emplace(x.get(), term);
    if (!fresh) at->second = at->second + term;
  };
  add(e, seed);
  std::vector<derivative> out;
  for (std::size_t k = order.size(); k-- > 0;) {
    const expr& x = order[k];
    const auto found = d.find(x.get());
    if (found == d.end()) continue;
    const expr dx = found->second;
    if (wanted(*x)) out.emplace_back(x, dx);
    if (is_reduction(x->kind) || x->args.empty()) continue;
    if (x->kind == op::greater || x->kind == op::equal) continue;
    if (x->kind == op::live) {
      add(x->args[0], live(dx));
    } else if (x->kind == op::select) {
      add(x->args[1], select(x->args[0], dx, expr(0)));
      add(x->args[2], select(x->args[0], expr(0), dx));
    } else {
      for (std::size_t i = 0; i < x->args.size(); ++i) add(x->args[i], chain(dx, partial(x, i)));
    }
  }
  return out;
}

}  // namespace tenon::codegen
