#include "codegen/passes/together.hpp"

#include <algorithm>

#include "codegen/passes/warp_cost.hpp"

namespace tenon::codegen {
namespace {

// Microseconds of an H100 or H200, from what its makers and users publish: between two kernels of a
// graph, for all groups of a launch to meet, and for those of one. A multiprocessor issues 128
// operations per cycle at 1.7 GHz, of which a third does work that is counted here.
constexpr double launch = 1.8, barrier = 1.2, meeting = 0.1;
constexpr double operations_of_group = 128 * 1.7e3 / 3;
constexpr double from_shared_memory = 2;  // what comes from there instead of L2
constexpr int multiprocessors = 132;

double work_of(const program& p, const kernel& k) {
  double steps = p.on.block;
  for (int extent : k.extents) steps *= extent;
  return steps;
}

bool block_by_block(const program& p, std::size_t i) {
  const schedule& s = p.schedules[i];
  return s.when == stage::block && p.of(p.kernels[i].out).where == home::sample;
}

// Of one launch with the whole device to itself.
double launched(const program& p, const kernel& k) {
  return work_of(p, k) * p.blocks() / (operations_of_group * multiprocessors);
}

double launched(const program& p) {
  double all = 0;
  for (const kernel& k : p.kernels) all += std::max(launch, launched(p, k));
  return all;
}

// One kernel for all has the registers of the hungriest: only where it is launches that cost.
bool is_small(const program& p) {
  double work = 0;
  for (const kernel& k : p.kernels) work += launched(p, k);
  return 2 * work < launch * static_cast<double>(p.kernels.size());
}

// Places are settled later: what a tensor is read and written for stands for them here.
int barriers(const program& p) {
  std::vector<bool> written(p.tensors.size());
  int count = 0;
  for (const kernel& k : p.kernels) {
    for (int id : reads_of(k)) {
      if (!written[static_cast<std::size_t>(id)]) continue;
      ++count;
      written.assign(p.tensors.size(), false);
      break;
    }
    written[static_cast<std::size_t>(k.out)] = true;
  }
  return count;
}

double together(const program& p, int groups) {
  const bool apart = groups == 1 && blocks_stay_apart(p);
  double all = launch + barriers(p) * (apart ? meeting : barrier);
  const double speed = operations_of_group * groups * (apart ? from_shared_memory : 1);
  for (const kernel& k : p.kernels) all += work_of(p, k) / speed;
  return all;
}

}  // namespace

bool blocks_stay_apart(const program& p) {
  for (std::size_t i = 0; i < p.kernels.size(); ++i) {
    if (p.schedules[i].when != stage::prepare && !block_by_block(p, i)) return false;
  }
  return true;
}

unfinished::place unfinished::place_of(int tensor) const {
  const std::size_t t = static_cast<std::size_t>(tensor);
  const storage& s = p_->storages[t];
  return {s.where, s.offset, s.offset + p_->layouts[t].floats};
}

bool unfinished::meets(const std::vector<place>& some, const place& one) {
  return std::any_of(some.begin(), some.end(), [&](const place& other) {
    return other.where == one.where && other.begin < one.end && one.begin < other.end;
  });
}

bool unfinished::holds_up(const std::vector<int>& reads, int writes) const {
  const bool waits = std::any_of(reads.begin(), reads.end(),
                                 [&](int id) { return meets(written_, place_of(id)); });
  if (waits || writes < 0) return waits;
  return meets(written_, place_of(writes)) || meets(read_, place_of(writes));
}

void unfinished::add(const std::vector<int>& reads, int writes) {
  for (int id : reads) read_.push_back(place_of(id));
  if (writes >= 0) written_.push_back(place_of(writes));
}

void unfinished::add(const unfinished& others) {
  read_.insert(read_.end(), others.read_.begin(), others.read_.end());
  written_.insert(written_.end(), others.written_.begin(), others.written_.end());
}

int groups_together(const program& p) {
  if (!is_small(p)) return 0;
  int best = 0;
  double least = launched(p);
  for (int groups = 1; groups <= 64; groups *= 2) {
    const bool waits = groups > 1 || !blocks_stay_apart(p);
    if (waits && groups * p.blocks() > multiprocessors) break;  // all have to be there at once
    const double time = together(p, groups);
    if (time < least) least = time, best = groups;
  }
  return best;
}

}  // namespace tenon::codegen
