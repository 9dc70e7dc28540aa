// out = f(t, ...) where t = k(...) has no other reader: k writes out = f(k(...), ...) itself, and t
// is gone. A tensor that several kernels write piece by piece (phases of a strided gradient) is
// fused into each of them.
#include <algorithm>

#include "codegen/passes.hpp"

namespace tenon::codegen {
namespace {

// The axis of a bare index `i`, or -1.
int plain_axis(const affine& a) {
  return a.constant == 0 && a.terms.size() == 1 && a.terms[0].coefficient == 1 ? a.terms[0].axis
                                                                               : -1;
}

// Whether every read of t in m is t[i, j, ...] over all of m's axes; if so, `axes` says which.
bool reads_elementwise(const program& p, const kernel& m, int t, std::vector<int>& axes) {
  bool ok = true, first = true;
  for_each_read(m.value, [&](const node& n) {
    if (n.tensor != t) return;
    std::vector<int> here;
    for (std::size_t d = 0; d < n.index.size(); ++d) {
      const int a = plain_axis(n.index[d]);
      if (a < 0 || std::find(here.begin(), here.end(), a) != here.end() ||
          m.extents[static_cast<std::size_t>(a)] != p.of(t).shape[static_cast<int>(d)])
        ok = false;
      here.push_back(a);
    }
    if (!first && here != axes) ok = false;
    axes = here, first = false;
  });
  return ok && static_cast<int>(axes.size()) == m.outer;
}

struct usage {
  std::vector<std::size_t> readers, writers;
};

std::vector<usage> usages_of(const program& p) {
  std::vector<usage> uses(p.tensors.size());
  for (std::size_t i = 0; i < p.kernels.size(); ++i) {
    uses[static_cast<std::size_t>(p.kernels[i].out)].writers.push_back(i);
    for (int id : reads_of(p.kernels[i])) uses[static_cast<std::size_t>(id)].readers.push_back(i);
  }
  return uses;
}

kernel fused(const kernel& producer, const kernel& m, int t, const std::vector<int>& axes) {
  std::vector<affine> to(m.extents.size());
  for (std::size_t d = 0; d < axes.size(); ++d)
    to[static_cast<std::size_t>(axes[d])] = producer.at[d];
  kernel k = producer;
  k.out = m.out;
  for (std::size_t d = 0; d < m.at.size(); ++d) {
    if (d >= k.at.size()) k.at.emplace_back();
    k.at[d] = substitute(m.at[d], to);
  }
  k.at.resize(m.at.size());
  const expr moved = substitute(m.value, to);
  k.value = rewrite(moved, [&](node n) {
    if (n.kind == op::read && n.tensor == t) return producer.value;
    return expr(std::move(n));
  });
  // Banner: only what another layer did is worth a word.
  k.note += (k.note.empty() ? "" : ", ") + m.name + " fused";
  if (!m.note.empty()) k.note += ", " + m.note;
  return k;
}

bool fuse_one(program& p) {
  const std::vector<usage> uses = usages_of(p);
  for (std::size_t i = 0; i < p.kernels.size(); ++i) {
    const kernel& m = p.kernels[i];
    if (find_reduction(m.value) || m.accumulate) continue;
    std::vector<int> candidates = reads_of(m);
    std::stable_partition(candidates.begin(), candidates.end(),
                          [&](int t) {  // contractions first: their epilogue is free
                            const usage& u = uses[static_cast<std::size_t>(t)];
                            return !u.writers.empty() &&
                                   form_of(p.kernels[u.writers.front()]) == form::contract;
                          });
    for (int t : candidates) {
      const usage& u = uses[static_cast<std::size_t>(t)];
      const bool alone = u.readers.size() == 1 && !u.writers.empty() && u.writers.back() < i;
      const bool movable = p.of(t).what == role::intermediate &&
                           p.of(t).where == p.of(m.out).where && p.of(m.out).what != role::buffer &&
                           uses[static_cast<std::size_t>(m.out)].writers.size() == 1;
      std::vector<int> axes;
      if (!alone || !movable || !reads_elementwise(p, m, t, axes)) continue;
      // A kernel draws one random number per value, and only a map does: two dropouts in a row stay
      // two kernels, and so do a reduction and the noise behind it.
      const auto keeps_noise_out = [&](std::size_t w) {
        return draws(p.kernels[w].value) || find_reduction(p.kernels[w].value);
      };
      if (draws(m.value) && std::any_of(u.writers.begin(), u.writers.end(), keeps_noise_out))
        continue;
      std::vector<kernel> out;
      for (std::size_t j = 0; j < p.kernels.size(); ++j) {
        if (j == i) {
          for (std::size_t w : u.writers) out.push_back(fused(p.kernels[w], m, t, axes));
        } else if (std::find(u.writers.begin(), u.writers.end(), j) == u.writers.end()) {
          out.push_back(p.kernels[j]);
        }
      }
      p.kernels = std::move(out);
      return true;
    }
  }
  return false;
}

}  // namespace

void fuse_maps(program& p) {
  while (fuse_one(p)) {
  }
}

}  // namespace tenon::codegen
