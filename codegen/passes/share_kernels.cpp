// Two kernels with the same addresses, expression and tile differ only in the tensors they are
// called with: a 50-layer residual network has about 20 distinct convolutions. The later one is
// printed as a call of the first.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "codegen/fingerprint.hpp"
#include "codegen/passes.hpp"

namespace tenon::codegen {
namespace {

std::string with_tile(const program& p, std::size_t i) {
  const schedule& s = p.schedules[i];
  std::string text = fmt::format("{} tile {} {} {} {} {} {} {} {}", fingerprint(p, i), s.row_axis,
                                 s.rows, s.column_axis, s.columns, s.plane_axis, s.planes,
                                 s.columns_outermost, s.around);
  for (const clip& c : s.clips)
    text += fmt::format(" clip {} {} {} {} {}", c.reduced, c.outer, c.scale, c.low, c.high);
  text += fmt::format(" split {} staged {} fragment {}", s.split_axis, s.staged, s.fragment);
  return text;
}

}  // namespace

void share_kernels(program& p) {
  std::map<std::string, int> first;
  for (std::size_t i = 0; i < p.kernels.size(); ++i) {
    const auto [at, fresh] = first.emplace(with_tile(p, i), static_cast<int>(i));
    p.schedules[i].shared_with = fresh ? -1 : at->second;
  }
}

}  // namespace tenon::codegen
