// Two kernels with the same addresses, expression and tile differ only in the tensors they are
// called with: a 50-layer residual network has about 20 distinct convolutions. The later one is
// printed as a call of the first.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "codegen/addressed.hpp"
#include "codegen/passes.hpp"

namespace tenon::codegen {
namespace {

std::string to_text(const affine& a) {
  std::string s = fmt::format("{}", a.constant);
  for (const affine::term& t : a.terms) s += fmt::format("+{}i{}", t.coefficient, t.axis);
  return s;
}

// Everything that the printer looks at, tensors by order of appearance.
std::string fingerprint(const program& p, std::size_t i) {
  const kernel& k = p.kernels[i];
  const kernel q = addressed(p, k);
  const schedule& s = p.schedules[i];
  std::string text = fmt::format("{} {} {} {} {} {} {} {} {}|{}", static_cast<int>(s.when),
                                 static_cast<int>(s.vectors), s.row_axis, s.rows, s.column_axis,
                                 s.columns, s.plane_axis, s.planes, s.columns_outermost, q.outer);
  text += fmt::format(" around {} strip {}", s.around, k.strip >= 0);
  for (int e : q.extents) text += fmt::format(" {}", e);
  for (const clip& c : s.clips)
    text += fmt::format(" clip {} {} {} {} {}", c.reduced, c.outer, c.scale, c.low, c.high);
  std::map<int, int> order;
  const auto number = [&](int tensor) {
    return order.emplace(tensor, static_cast<int>(order.size())).first->second;
  };
  std::map<const node*, int> at;
  for (const node* n : in_order(q.value)) {
    at.emplace(n, static_cast<int>(at.size()));
    text += fmt::format(";{} {:a} {}", static_cast<int>(n->kind), n->number, n->stream);
    if (n->tensor >= 0) {
      const layout& l = p.layouts[static_cast<std::size_t>(n->tensor)];
      text += fmt::format(" t{} home {} {}", number(n->tensor),
                          static_cast<int>(p.of(n->tensor).where), l.samples_outermost);
    }
    for (double each : n->numbers) text += fmt::format(" {:a}", each);
    for (const affine& a : n->index) text += " " + to_text(a);
    for (const axis& a : n->axes) text += fmt::format(" over {}", a.id);
    for (const expr& a : n->args) text += fmt::format(" #{}", at.at(a.get()));
  }
  const layout& out = p.layouts[static_cast<std::size_t>(q.out)];
  text +=
      fmt::format(" -> t{} home {} {} {} {}", number(q.out), static_cast<int>(p.of(q.out).where),
                  to_text(q.at[0]), out.samples_outermost, out.floats);
  return text;
}

}  // namespace

void share_kernels(program& p) {
  std::map<std::string, int> first;
  for (std::size_t i = 0; i < p.kernels.size(); ++i) {
    const auto [at, fresh] = first.emplace(fingerprint(p, i), static_cast<int>(i));
    p.schedules[i].shared_with = fresh ? -1 : at->second;
  }
}

}  // namespace tenon::codegen
