// Kernels that stand in a row and hand tensors to each other along their outermost axis run step by
// step: one step of the first, the same step of the second, and so on. What passes between them
// alone then exists for one step only, and stays in the cache (Winograd's tiles of a 32 x 32
// picture: 2.4 MB at once, 0.3 MB by strips). lay_out gives such a tensor no room along that
// dimension; printers put the loop around the calls.
#include <algorithm>

#include "codegen/passes.hpp"

namespace tenon::codegen {
namespace {

// The dimension that is axis 0 itself, in this index; -1: none.
int along_first_axis(const std::vector<affine>& index) {
  for (std::size_t d = 0; d < index.size(); ++d) {
    if (index[d] == affine(axis{0, 0})) return static_cast<int>(d);
  }
  return -1;
}

// What may be cut along axis 0: everything that it reads of samples moves along (a contraction
// whose axis 0 are channels would read its input once per channel).
bool can_be_cut(const program& p, const kernel& k) {
  if (p.of(k.out).where != home::sample || k.outer == 0 || k.accumulate || draws(k.value))
    return false;
  bool moves = true;
  for_each_read(k.value, [&](const node& n) {
    if (p.of(n.tensor).where != home::sample) return;
    moves = moves && n.number == 0 &&
            std::any_of(n.index.begin(), n.index.end(),
                        [](const affine& a) { return a.coefficient(0) != 0; });
  });
  return moves;
}

// Whether `k` reads what the kernels before it write, and only the step that is being run.
bool follows(const kernel& k, const std::vector<const kernel*>& writers) {
  bool any = false, in_step = true;
  for_each_read(k.value, [&](const node& n) {
    for (const kernel* w : writers) {
      if (w->out != n.tensor) continue;
      any = true;
      const int d = along_first_axis(w->at);
      in_step =
          in_step && d >= 0 && d == along_first_axis(n.index) && w->extents[0] == k.extents[0];
    }
  });
  return any && in_step;
}

// Whether somebody outside of [first, last] touches the tensor.
bool is_seen(const program& p, int tensor, std::size_t first, std::size_t last) {
  if (p.of(tensor).what != role::intermediate) return true;
  for (std::size_t i = 0; i < p.kernels.size(); ++i) {
    if (i >= first && i <= last) continue;
    const std::vector<int> reads = reads_of(p.kernels[i]);
    if (p.kernels[i].out == tensor || std::find(reads.begin(), reads.end(), tensor) != reads.end())
      return true;
  }
  return false;
}

bool is_large(const program& p, const kernel& k) {
  constexpr long eighth_of_l2 = 128 * 1024 / 4, samples = 16;
  return k.extents[0] > 1 && p.of(k.out).shape.count() * samples > eighth_of_l2;
}

// The last of the kernels that can run in turns with the one at `first`.
std::size_t last_of_strip(const program& p, std::size_t first) {
  const kernel& k = p.kernels[first];
  if (!can_be_cut(p, k) || along_first_axis(k.at) < 0 || !is_large(p, k)) return first;
  std::vector<const kernel*> members{&k};
  std::size_t last = first;
  while (last + 1 < p.kernels.size() && can_be_cut(p, p.kernels[last + 1]) &&
         follows(p.kernels[last + 1], members))
    members.push_back(&p.kernels[++last]);
  const auto kept_inside = [&](std::size_t end) {
    for (std::size_t i = first; i < end; ++i) {
      if (is_seen(p, p.kernels[i].out, first, end)) return false;
    }
    return true;
  };
  while (last > first && !kept_inside(last)) --last;
  return last;
}

}  // namespace

void strips(program& p) {
  if (!p.on.keeps_near) return;
  if (p.single) return;  // the values of one sample stay in the caches anyway
  int next = 0;
  for (std::size_t i = 0; i < p.kernels.size(); ++i) {
    const std::size_t last = last_of_strip(p, i);
    if (last == i) continue;
    for (std::size_t j = i; j <= last; ++j) p.kernels[j].strip = next;
    ++next;
    i = last;
  }
}

}  // namespace tenon::codegen
