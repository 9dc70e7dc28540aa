#include "codegen/passes/lifetimes.hpp"

#include <algorithm>

namespace tenon::codegen {

std::vector<lifetime> lifetimes_of(const program& p) {
  std::vector<lifetime> lives(p.tensors.size());
  const auto touch = [&](int id, int at) {
    lifetime& l = lives[static_cast<std::size_t>(id)];
    l.first = std::min(l.first, at);
    l.last = std::max(l.last, at);
  };
  const int end = static_cast<int>(p.kernels.size());
  for (int i = 0; i < end; ++i) {
    const kernel& k = p.kernels[static_cast<std::size_t>(i)];
    touch(k.out, i);
    for (int id : reads_of(k)) touch(id, i);
  }
  // The kernels of a strip run in turns: what one of them touches is alive during all of them.
  for (int i = 0; i < end; ++i) {
    const kernel& k = p.kernels[static_cast<std::size_t>(i)];
    for (int j = i;
         k.strip >= 0 && j-- > 0 && p.kernels[static_cast<std::size_t>(j)].strip == k.strip;) {
      touch(k.out, j);
      for (int id : reads_of(k)) touch(id, j);
      const kernel& before = p.kernels[static_cast<std::size_t>(j)];
      touch(before.out, i);
      for (int id : reads_of(before)) touch(id, i);
    }
  }
  for (std::size_t i = 0; i < p.tensors.size(); ++i) {
    const tensor& t = p.tensors[i];
    if (lives[i].last < 0 && t.what != role::output) continue;
    const bool from_outside =
        t.what == role::input || t.what == role::target || t.what == role::sample_weight;
    const bool to_outside = t.what == role::output || t.what == role::probabilities ||
                            t.what == role::loss || t.what == role::gradient ||
                            t.where == home::parameter;
    // The training step's caller may ask for outputs after it; inputs are loaded before the first
    // kernel.
    if (from_outside || t.where == home::parameter) touch(static_cast<int>(i), -1);
    if (to_outside) touch(static_cast<int>(i), end);
  }
  return lives;
}

}  // namespace tenon::codegen
