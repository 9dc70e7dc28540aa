#include "codegen/take_factor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace tenon::codegen {
namespace {

// Which argument of the product is a parameter that the input is multiplied with; -1: neither.
int weight_in(const program& p, const node& n, int input) {
  if (n.kind != op::multiply || n.args[0]->kind != op::read || n.args[1]->kind != op::read)
    return -1;
  const int at = n.args[0]->tensor == input ? 1 : 0;
  const node &weight = *n.args[static_cast<std::size_t>(at)],
             &other = *n.args[static_cast<std::size_t>(1 - at)];
  return other.tensor == input && p.of(weight.tensor).where == home::parameter ? at : -1;
}

}  // namespace

void take_factor(program& p, forms::builder& b, std::size_t first, int input, double factor) {
  std::map<int, int> scaled;  // by weight
  for (std::size_t i = first; i < p.kernels.size(); ++i) {
    std::vector<int> fresh;
    const expr value = rewrite(p.kernels[i].value, [&](node n) {
      const int at = weight_in(p, n, input);
      if (at < 0) return expr(std::move(n));
      expr& argument = n.args[static_cast<std::size_t>(at)];
      node weight = *argument;
      const auto [known, is_new] = scaled.emplace(weight.tensor, -1);
      if (is_new) {
        fresh.push_back(weight.tensor);
        known->second = b.declare(p.of(weight.tensor).shape, home::parameter, "scaled_weight").id;
      }
      weight.tensor = known->second;
      argument = expr(std::move(weight));
      return expr(std::move(n));
    });
    p.kernels[i].value = value;
    for (const int w : fresh) {
      const std::vector<axis> axes = b.over(p.of(w).shape);
      b.write(b.handle(scaled.at(w)), b.indices(axes), b.handle(w).at(axes) * factor,
              "scaled_weight");
      const auto here = p.kernels.begin() + static_cast<std::ptrdiff_t>(i++);
      std::rotate(here, p.kernels.end() - 1, p.kernels.end());
    }
  }
  kernel& last = p.kernels.back();
  if (scaled.empty()) throw internal_bug(last.layer + " multiplies its input with no parameter");
  last.note +=
      fmt::format("{}input times {:g} in the weights", last.note.empty() ? "" : ", ", factor);
}

}  // namespace tenon::codegen
