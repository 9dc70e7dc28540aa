// Places in the arena. Regions: the image of parameters and buffers; gradients, laid out as the
// image; what a step has once (batch); partial sums, once per part; samples' tensors, once per part
// where all that touch them run in one phase, once per block where they outlive a barrier. Inside
// the last two, tensors whose lifetimes don't meet share memory.
#include <algorithm>

#include "codegen/passes.hpp"
#include "codegen/passes/lifetimes.hpp"

namespace tenon::codegen {
namespace {

constexpr std::size_t line = 16;  // floats: places begin at cache lines

constexpr std::size_t round_up(std::size_t n) { return (n + line - 1) / line * line; }

class planner {
 public:
  planner(program& p, bool share) : p_(p), share_(share), lives_(lifetimes_of(p)) {
    p.storages.assign(p.tensors.size(), {});
    std::fill(std::begin(p.region_floats), std::end(p.region_floats), std::size_t{0});
  }

  void run() {
    place_parameters();
    for (std::size_t t = 0; t < p_.tensors.size(); ++t) {
      const tensor& x = p_.tensors[t];
      if (lives_[t].last < 0 || x.where == home::parameter) continue;
      if (x.what == role::gradient && x.where == home::batch)
        p_.storages[t] = {region::gradient, p_.storages[static_cast<std::size_t>(x.of)].offset};
      else if (x.where == home::batch)
        append(t, region::batch);
      if (x.where == home::part) append(t, region::part_sum);
    }
    std::vector<std::size_t> by_size;
    for (std::size_t t = 0; t < p_.tensors.size(); ++t) {
      const bool stored = p_.tensors[t].where == home::sample && lives_[t].last >= 0;
      if (stored && !p_.layouts[t].callers) by_size.push_back(t);
    }
    std::stable_sort(by_size.begin(), by_size.end(), [&](std::size_t a, std::size_t b) {
      return p_.layouts[a].floats > p_.layouts[b].floats;
    });
    for (std::size_t t : by_size) fit(t, outlives_phase(t) ? region::block : region::part);
  }

 private:
  std::size_t size(std::size_t t) const { return round_up(p_.layouts[t].floats); }

  void append(std::size_t t, region r) {
    std::size_t& end = p_.region_floats[static_cast<std::size_t>(r)];
    p_.storages[t] = {r, end};
    end += size(t);
  }

  // Decayed weights first, other parameters, then buffers: `update` walks one run of floats with
  // and one without decay. In eval only what block kernels read is kept, prepared parameters
  // included.
  void place_parameters() {
    const auto read_by_blocks = [&](std::size_t t) {
      for (std::size_t k = 0; k < p_.kernels.size(); ++k) {
        if (p_.schedules[k].when != stage::block) continue;
        for (int id : reads_of(p_.kernels[k])) {
          if (static_cast<std::size_t>(id) == t) return true;
        }
      }
      return false;
    };
    const auto group = [&](const tensor& t) {
      return t.what == role::parameter ? (t.decays ? 0 : 1) : t.what == role::buffer ? 2 : 3;
    };
    for (int g = 0; g < 4; ++g) {
      for (std::size_t t = 0; t < p_.tensors.size(); ++t) {
        const tensor& x = p_.tensors[t];
        if (x.where != home::parameter || group(x) != g) continue;
        if (p_.in == mode::eval ? read_by_blocks(t) : g < 3)
          append(t, region::parameter);
        else if (p_.in != mode::eval && lives_[t].last >= 0)
          append(t, region::batch);
      }
      if (g == 1)
        p_.region_floats[static_cast<std::size_t>(region::gradient)] = p_.floats(region::parameter);
    }
  }

  bool outlives_phase(std::size_t t) const {
    if (p_.in == mode::train && p_.tensors[t].what == role::output) return true;
    int phase = -1;
    for (std::size_t k = 0; k < p_.kernels.size(); ++k) {
      const std::vector<int> reads = reads_of(p_.kernels[k]);
      const bool touched =
          p_.kernels[k].out == static_cast<int>(t) ||
          std::find(reads.begin(), reads.end(), static_cast<int>(t)) != reads.end();
      if (!touched) continue;
      if (phase >= 0 && p_.schedules[k].phase != phase) return true;
      phase = p_.schedules[k].phase;
    }
    // Inputs, targets and weights of samples are loaded in phase 0.
    const role what = p_.tensors[t].what;
    const bool loaded = what == role::input || what == role::target || what == role::sample_weight;
    return loaded && phase != 0;
  }

  // The lowest place that no tensor with an overlapping lifetime takes.
  void fit(std::size_t t, region r) {
    std::vector<std::size_t> taken;
    for (std::size_t o = 0; o < p_.tensors.size(); ++o) {
      const bool meets =
          !share_ || (lives_[o].first <= lives_[t].last && lives_[t].first <= lives_[o].last);
      if (o != t && p_.storages[o].where == r && meets) taken.push_back(o);
    }
    std::sort(taken.begin(), taken.end(), [&](std::size_t a, std::size_t b) {
      return p_.storages[a].offset < p_.storages[b].offset;
    });
    std::size_t at = 0;
    for (std::size_t o : taken) {
      if (at + size(t) <= p_.storages[o].offset) break;
      at = std::max(at, p_.storages[o].offset + size(o));
    }
    p_.storages[t] = {r, at};
    std::size_t& end = p_.region_floats[static_cast<std::size_t>(r)];
    end = std::max(end, at + size(t));
  }

  program& p_;
  bool share_;
  std::vector<lifetime> lives_;
};

}  // namespace

void plan_memory(program& p) { planner(p, true).run(); }
void plan_memory_plain(program& p) { planner(p, false).run(); }

}  // namespace tenon::codegen
