#include "codegen/passes/split_single.hpp"

#include "codegen/addressed.hpp"
#include "codegen/transform.hpp"

namespace tenon::codegen {
namespace {

// About 10 microseconds of one core; a fork and join of threads that are awake takes one.
constexpr double least_work = 1e6;
// Two threads that share 7 steps wait for an eighth of their time; with fewer, more of it.
constexpr int least_steps = 4, even_steps = 16;

// Operations: those of a sum as it stands; a transform in two steps takes about a quarter of them.
double work_of(const kernel& q) {
  double work = transform_of(q) ? 0.5 : 2;
  work *= panel_axis_of(q) >= 0 ? panel : 1;
  for (int e : q.extents) work *= e;
  return work;
}

}  // namespace

int steps_of(const kernel& q, const schedule& s, int axis_id) {
  const int extent = q.extents[static_cast<std::size_t>(axis_id)];
  const int tile = axis_id == s.row_axis ? s.rows : axis_id == s.column_axis ? s.columns : 1;
  return (extent + tile - 1) / tile;
}

// Rows first, where there are enough of them: each thread then reads weights of its own.
int axis_to_split(const kernel& q, const schedule& s) {
  if (s.vectors != vector_axis::outputs || work_of(q) < least_work) return -1;
  if (s.row_axis >= 0 && steps_of(q, s, s.row_axis) >= even_steps) return s.row_axis;
  int best = -1, most = least_steps - 1;
  const std::optional<transform> t = transform_of(q);
  for (int a = 0; a < q.outer; ++a) {
    if (t && (a == t->first.out || a == t->second.out)) continue;
    const int steps = steps_of(q, s, a);
    if (steps > most) best = a, most = steps;
  }
  return best;
}

}  // namespace tenon::codegen
