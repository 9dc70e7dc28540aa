// Takes over the tiles that were measured, where the network was given any.
#include "codegen/passes/tune.hpp"

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <stdexcept>

#include "codegen/addressed.hpp"
#include "codegen/fingerprint.hpp"
#include "codegen/passes.hpp"
#include "codegen/passes/tile_cost.hpp"

namespace tenon::codegen {
namespace {

struct extents {
  int rows = 1, columns = 1;
};

extents extents_of(const program& p, std::size_t i) {
  const kernel q = addressed(p, p.kernels[i]);
  const schedule& s = p.schedules[i];
  const auto extent = [&](int axis_id) {
    return axis_id < 0 ? 1 : q.extents[static_cast<std::size_t>(axis_id)];
  };
  return {extent(s.row_axis), extent(s.column_axis)};
}

tile_choice choice_of(const schedule& s) {
  return {.rows = s.rows, .columns = s.columns, .columns_outermost = s.columns_outermost};
}

}  // namespace

bool is_tunable(const program& p, std::size_t i) {
  const schedule& s = p.schedules[i];
  return s.flops > 0 && s.row_axis >= 0 && s.planes == 1 && s.vectors != vector_axis::none;
}

std::string tuning_key(const program& p, std::size_t i) {
  const std::string text = fingerprint(p, i);
  return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

std::vector<tile_choice> tile_choices(const program& p, std::size_t i, std::size_t most) {
  const schedule& s = p.schedules[i];
  const extents e = extents_of(p, i);
  const bool orders = s.vectors == vector_axis::samples && s.column_axis >= 0;
  std::vector<std::pair<long, tile_choice>> ranked;
  for (int rows = 1; rows <= std::min(e.rows, most_accumulators); ++rows) {
    for (int columns = 1; columns <= std::min(e.columns, most_accumulators / rows); ++columns) {
      const long cost = cut_cost(e.rows, e.columns, rows, columns);
      ranked.push_back({cost, {rows, columns, s.columns_outermost}});
      if (orders) ranked.push_back({cost + cost / 16, {rows, columns, !s.columns_outermost}});
    }
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<tile_choice> choices{choice_of(s)};
  for (const auto& [cost, tile] : ranked) {
    if (choices.size() < most && tile != choices.front()) choices.push_back(tile);
  }
  return choices;
}

void tune(program& p) {
  if (p.tuned.empty()) return;
  for (std::size_t i = 0; i < p.kernels.size(); ++i) {
    if (!is_tunable(p, i)) continue;
    const auto found = p.tuned.find(tuning_key(p, i));
    if (found == p.tuned.end()) continue;
    const tile_choice& t = found->second;
    const extents e = extents_of(p, i);
    if (t.rows > e.rows || t.columns > e.columns) {
      throw std::runtime_error(
          fmt::format("the tuned tile {} is larger than kernel {}, {} x {}; write the file again "
                      "with tenon tune",
                      to_text(t), p.kernels[i].name, e.rows, e.columns));
    }
    schedule& s = p.schedules[i];
    s.rows = t.rows, s.columns = t.columns, s.columns_outermost = t.columns_outermost;
  }
}

}  // namespace tenon::codegen
