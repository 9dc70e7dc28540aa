// Tools on scalar expressions: looking through them, rewriting them, taking derivatives. The
// derivative table is here.
#pragma once
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "dsl/forms/expression.hpp"

namespace tenon::codegen {

using forms::affine;
using forms::axis;
using forms::expr;
using forms::node;
using forms::op;

inline bool is_reduction(op k) {
  return k == op::sum || k == op::maximum || k == op::first_maximum;
}

// Every node once, arguments before their users.
std::vector<const node*> in_order(const expr& e);

// The reduction of a kernel's expression, or null.
const node* find_reduction(const expr& e);
// Whether each value of e takes a random number of its own.
bool draws(const expr& e);

// Rewrites bottom-up: f gets each node with its arguments already rewritten. Shared nodes stay
// shared.
expr rewrite(const expr& e, const std::function<expr(node)>& f);

// Equal up to sharing.
bool same(const expr& a, const expr& b);

// Puts affine maps in the place of axes (by id) everywhere in e.
affine substitute(const affine& a, const std::vector<affine>& axes);
expr substitute(const expr& e, const std::vector<affine>& axes);

// Derivatives of `e` times `seed` for each of its nodes that `wanted` accepts: reads, or the
// reduction. Does not look inside reductions. Comparisons have no derivative; select passes it to
// the branch that was taken.
using derivative = std::pair<expr, expr>;  // (node, its derivative)
std::vector<derivative> derivatives(const expr& e, const expr& seed,
                                    const std::function<bool(const node&)>& wanted);

}  // namespace tenon::codegen
