// Where elements lie. Samples are innermost, `block` of them side by side:
// [channels][height][width][block], so that every kernel is vertical for any channel count. A
// producer writes into the interior of a halo as wide as its readers need, so that convolutions
// have neither border code nor padding copies. Parameters keep the order of their logical shapes;
// rows are padded to 16 floats, and never to a multiple of 1,024 (rows 4 KB apart share cache sets:
// 152 instead of 257 GFLOP/s).
#include <algorithm>

#include "codegen/bounds.hpp"
#include "codegen/passes.hpp"
#include "codegen/passes/lay_out_single.hpp"

namespace tenon::codegen {
namespace {

constexpr std::size_t round_up(std::size_t n, std::size_t to) { return (n + to - 1) / to * to; }

layout of_parameter(const dims& shape) {
  layout l;
  l.before.assign(static_cast<std::size_t>(shape.rank), 0);
  l.after = l.before;
  l.stride.assign(static_cast<std::size_t>(shape.rank), 1);
  if (shape.rank < 2) {
    l.floats = round_up(static_cast<std::size_t>(shape.count()), 16);
    return l;
  }
  const std::size_t row = static_cast<std::size_t>(shape.count() / shape[0]);
  std::size_t padded = round_up(row, 16);
  if (padded % 1024 == 0) padded += 16;
  std::ptrdiff_t stride = 1;
  for (int d = shape.rank - 1; d > 0; --d) {
    l.stride[static_cast<std::size_t>(d)] = stride;
    stride *= shape[d];
  }
  l.stride[0] = static_cast<std::ptrdiff_t>(padded);
  l.floats = padded * static_cast<std::size_t>(shape[0]);
  return l;
}

void place_samples(layout& l, const dims& shape, int block) {
  const std::size_t rank = static_cast<std::size_t>(shape.rank);
  l.before.resize(rank), l.after.resize(rank), l.stride.assign(rank, 0);
  std::ptrdiff_t stride = block;
  bool halo = false;
  for (std::size_t d = rank; d-- > 0;) {
    if (static_cast<int>(d) == l.strip) continue;
    // Channels a multiple of 4 KB apart share cache sets too (a 1 x 1 convolution over 16 x 16: 59
    // instead of 76 % of the peak).
    if (d == 0 && rank > 1 && !halo && stride % 1024 == 0) stride += block;
    halo = halo || l.before[d] > 0 || l.after[d] > 0;
    l.stride[d] = stride;
    l.origin += stride * l.before[d];
    stride *= shape[static_cast<int>(d)] + l.before[d] + l.after[d];
  }
  l.floats = static_cast<std::size_t>(stride);
}

// A copy of the tensor whose halo holds `outside`, for windows that pad with something else than
// zero.
void pad_separately(program& p) {
  for (std::size_t i = 0; i < p.kernels.size(); ++i) {
    int source = -1;
    double outside = 0;
    for_each_read(p.kernels[i].value, [&](const node& n) {
      for (std::size_t d = 0; d < n.index.size() && n.number != 0; ++d) {
        const range r = range_of(n.index[d], p.kernels[i].extents);
        if (r.low < 0 || r.high >= p.of(n.tensor).shape[static_cast<int>(d)])
          source = n.tensor, outside = n.number;
      }
    });
    if (source < 0) continue;
    tensor copy = p.of(source);
    copy.name += "_padded";
    copy.what = role::intermediate;
    int padded = -1;
    for (std::size_t t = 0; t < p.tensors.size(); ++t) {
      if (p.tensors[t].name == copy.name) padded = static_cast<int>(t);
    }
    const bool fresh = padded < 0;
    if (fresh) {
      p.tensors.push_back(copy);
      padded = static_cast<int>(p.tensors.size()) - 1;
    }
    p.kernels[i].value = rewrite(p.kernels[i].value, [&](node n) {
      if (n.kind == op::read && n.tensor == source && n.number != 0) n.tensor = padded;
      return expr(std::move(n));
    });
    if (!fresh) continue;
    kernel move{.name = copy.name, .layer = p.kernels[i].layer, .out = padded};
    for (int d = 0; d < copy.shape.rank; ++d) {
      move.at.emplace_back(axis{d, 0});
      move.extents.push_back(copy.shape[d]);
    }
    move.outer = copy.shape.rank;
    move.value = expr(node{.kind = op::read, .tensor = source, .index = move.at});
    move.note = "windows reach over the border, where no maximum may come from";
    std::replace(move.name.begin(), move.name.end(), '.', '_');
    p.kernels.insert(p.kernels.begin() + static_cast<std::ptrdiff_t>(i), move);
    p.layouts.resize(p.tensors.size());
    p.layouts.back().halo_value = outside;
    ++i;
  }
}

// What passes between the kernels of one strip alone exists for one step of it.
void find_strips(program& p) {
  for (const kernel& k : p.kernels) {
    if (k.strip < 0 || p.of(k.out).what != role::intermediate) continue;
    const bool inside = std::all_of(p.kernels.begin(), p.kernels.end(), [&](const kernel& other) {
      const std::vector<int> reads = reads_of(other);
      return other.strip == k.strip ||
             (other.out != k.out && std::find(reads.begin(), reads.end(), k.out) == reads.end());
    });
    const auto along = std::find(k.at.begin(), k.at.end(), affine(axis{0, 0}));
    if (inside && along != k.at.end())
      p.layouts[static_cast<std::size_t>(k.out)].strip = static_cast<int>(along - k.at.begin());
  }
}

// 16 samples fit the lanes of AVX-512 once and those of AVX2 twice. 32 halve the reading of weights
// where the activations of one kernel still fit half of L2.
int block_for(const program& p) {
  if (p.batch < 64) return 16;
  long largest = 0;
  for (const kernel& k : p.kernels) {
    if (p.of(k.out).where == home::parameter) continue;
    long values = 0;
    const auto add = [&](int id) {
      if (p.of(id).where == home::sample) values += p.of(id).shape.count();
    };
    add(k.out);
    for (int id : reads_of(k)) add(id);
    largest = std::max(largest, values);
  }
  constexpr long half_of_l2 = 512 * 1024;
  return largest * 32 * 4 <= half_of_l2 / 4 ? 32 : 16;
}

void lay_out(program& p, int block) {
  p.block = block;
  p.layouts.assign(p.tensors.size(), {});
  pad_separately(p);
  p.layouts.resize(p.tensors.size());
  for (std::size_t t = 0; t < p.tensors.size(); ++t) {
    p.layouts[t].before.assign(static_cast<std::size_t>(p.tensors[t].shape.rank), 0);
    p.layouts[t].after = p.layouts[t].before;
  }
  find_strips(p);
  for (const kernel& k : p.kernels) {
    for_each_read(k.value, [&](const node& n) {
      if (p.of(n.tensor).where != home::sample) return;
      layout& l = p.layouts[static_cast<std::size_t>(n.tensor)];
      for (std::size_t d = 0; d < n.index.size(); ++d) {
        const range r = range_of(n.index[d], k.extents);
        l.before[d] = std::max(l.before[d], -r.low);
        l.after[d] = std::max(l.after[d], r.high - p.of(n.tensor).shape[static_cast<int>(d)] + 1);
      }
    });
  }
  for (std::size_t t = 0; t < p.tensors.size(); ++t) {
    if (p.tensors[t].where != home::sample)
      p.layouts[t] = of_parameter(p.tensors[t].shape);
    else if (!p.single)
      place_samples(p.layouts[t], p.tensors[t].shape, block);
  }
  if (p.single) lay_out_single(p);
}

}  // namespace

void lay_out(program& p) { lay_out(p, p.single ? 1 : p.on.block > 0 ? p.on.block : block_for(p)); }
void lay_out_plain(program& p) { lay_out(p, p.single ? 1 : std::max(p.on.block, 16)); }

}  // namespace tenon::codegen
