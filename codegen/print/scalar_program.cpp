#include "codegen/print/scalar_program.hpp"

#include <utility>

#include "codegen/passes.hpp"

namespace tenon::codegen {
namespace {

// Running statistics are the caller's: a loss reads nothing of them in training mode, and must not
// renew them.
void drop_renewals(program& p) {
  std::erase_if(p.kernels, [&](const kernel& k) { return p.of(k.out).what == role::buffer; });
  remove_dead(p);
}

// Whether k only copies a whole tensor of parts; here, where there are no parts, the sum is there
// already.
bool collects(const program& p, const kernel& k) {
  if (k.value->kind != op::read || k.accumulate || p.of(k.value->tensor).where != home::part ||
      p.of(k.out).where != home::batch)
    return false;
  if (k.value->index != k.at || static_cast<int>(k.extents.size()) != p.of(k.out).shape.rank)
    return false;
  for (std::size_t d = 0; d < k.at.size(); ++d) {
    if (k.at[d] != affine(axis{static_cast<int>(d), 0}) ||
        k.extents[d] != p.of(k.out).shape[static_cast<int>(d)])
      return false;
  }
  return p.of(k.out).shape == p.of(k.value->tensor).shape;
}

// Whoever reads what was collected reads the sum itself, which takes its name and its role.
void drop_collects(program& p) {
  for (std::size_t i = 0; i < p.kernels.size();) {
    const kernel c = p.kernels[i];
    if (!collects(p, c)) {
      ++i;
      continue;
    }
    const int part = c.value->tensor;
    p.kernels.erase(p.kernels.begin() + static_cast<std::ptrdiff_t>(i));
    tensor& t = p.of(part);
    t = p.of(c.out);
    t.where = home::part;
    p.of(c.out) = {.name = t.name + ".collected"};
    for (int* id : {&p.loss, &p.output}) *id = *id == c.out ? part : *id;
    for (kernel& k : p.kernels) {
      if (k.out == part && k.name.ends_with("_part")) k.name = c.name;
      k.value = rewrite(k.value, [&](node n) {
        if (n.kind == op::read && n.tensor == c.out) n.tensor = part;
        return expr(std::move(n));
      });
    }
  }
}

}  // namespace

void simplify_for_twin(program& p) {
  drop_renewals(p);
  drop_collects(p);
}

}  // namespace tenon::codegen
