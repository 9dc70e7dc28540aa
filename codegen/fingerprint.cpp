#include "codegen/fingerprint.hpp"

#include <fmt/format.h>

#include <map>

#include "codegen/addressed.hpp"

namespace tenon::codegen {
namespace {

std::string to_text(const affine& a) {
  std::string s = fmt::format("{}", a.constant);
  for (const affine::term& t : a.terms) s += fmt::format("+{}i{}", t.coefficient, t.axis);
  return s;
}

}  // namespace

std::string fingerprint(const program& p, std::size_t i) {
  const kernel q = addressed(p, p.kernels[i]);
  const schedule& s = p.schedules[i];
  std::string text =
      fmt::format("{} {}|{}", static_cast<int>(s.when), static_cast<int>(s.vectors), q.outer);
  text += fmt::format(" strip {}", p.kernels[i].strip >= 0);
  for (int e : q.extents) text += fmt::format(" {}", e);
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
  if (const int lane = lane_axis_of(p, p.kernels[i]); lane >= 0)
    text += fmt::format(" along {} of {} {}", panel_axis_of(q),
                        p.kernels[i].extents[static_cast<std::size_t>(lane)],
                        last_panel_fits(p, p.kernels[i]));
  return text;
}

}  // namespace tenon::codegen
