// The two programs that serve, blocks of samples and single ones: what they need together, and
// which of them takes how many samples.
#include <algorithm>

#include "codegen/print/files.hpp"
#include "codegen/transform.hpp"

namespace tenon::codegen {

serving_plan plan_of_serving(const program& eval, const program& single) {
  const arena_plan blocks = plan_of(eval), one = plan_of(single);
  // Vectors may read a panel beyond what they need.
  return {.image = blocks.image + one.image + panel,
          .single_image = blocks.image,
          .arena = std::max(blocks.total, one.total + panel)};
}

namespace {

// Cycles of a kernel, roughly: one per vector of 16 lanes; four where each has to wait for the one
// before, as a sum does for its last term; three where each needs a vector of weights from L3.
double cycles_of(const program& p, std::size_t i) {
  constexpr double begin = 20, latency = 4, weights = 3;
  const kernel& k = p.kernels[i];
  const schedule& s = p.schedules[i];
  double vectors = p.single ? 1 : static_cast<double>(p.block) / panel;
  for (int e : k.extents) vectors *= e;
  if (!p.single) return begin + vectors;
  const bool waits = find_reduction(k.value) && !transform_of(k);
  double wait = waits ? std::max(1.0, latency / (s.rows * s.columns)) : 1;
  if (form_of(k) == form::contract) wait = std::max(wait, weights / s.columns);
  if (const int lane = lane_axis_of(p, k); lane >= 0) {
    const int extent = k.extents[static_cast<std::size_t>(lane)];
    vectors *= static_cast<double>(panels_of(extent)) / extent;
  }
  return begin + vectors * wait;
}

}  // namespace

int most_singles(const program& eval, const program& single) {
  const auto cycles = [](const program& p) {
    double all = 0;
    for (std::size_t i = 0; i < p.kernels.size(); ++i)
      all += p.schedules[i].when == stage::block ? cycles_of(p, i) : 0;
    return all;
  };
  const double ratio = cycles(eval) / std::max(1.0, cycles(single));
  return std::clamp(static_cast<int>(ratio), 1, eval.block);
}

}  // namespace tenon::codegen
