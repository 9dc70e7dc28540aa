#include "codegen/passes.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "codegen/verify.hpp"

namespace tenon::codegen {
namespace {

constexpr std::array table{
    pass{"differentiate", "adds the backward pass", differentiate, true},
    pass{"drop_moves", "turns reshapes into index arithmetic", drop_moves},
    pass{"remove_dead", "removes kernels whose results nobody needs", remove_dead},
    pass{"fuse_maps", "moves maps into the kernels that feed them",
         fuse_maps},  // before lay_out: fusion ends lifetimes
    pass{"winograd", "computes windows of 3 x 3 from fewer products",
         winograd},  // after fuse_maps: what was fused goes into the last of its kernels
    pass{"strips", "runs kernels that share their outermost axis step by step", strips},
    pass{"lay_out", "chooses block size, strides and halos", lay_out, true, lay_out_plain},
    pass{"sum_whole", "sums large weight gradients over all samples at once", sum_whole},
    pass{"schedule", "chooses stage, vector axis and register tile", schedule_kernels, true,
         schedule_plain},
    pass{"tune", "takes over tiles that were measured", tune},
    pass{"skip_halo", "leaves out products with the zeros around a tensor", skip_halo},
    pass{"share_kernels", "prints equal kernels once", share_kernels},
    pass{"plan_memory", "gives tensors places in the arena", plan_memory, true, plan_memory_plain},
};

// Kernels become functions. Layers name alike the pieces of one tensor (concat) and the derivatives
// of several inputs.
void number_names(program& p) {
  std::set<std::string> taken;
  for (kernel& k : p.kernels) {
    const std::string base = k.name;
    for (int i = 2; !taken.insert(k.name).second; ++i) k.name = base + "_" + std::to_string(i);
  }
}

}  // namespace

std::span<const pass> passes() { return table; }

void run_passes(program& p, const std::vector<std::string>& off,
                const std::function<void(const pass&, const program&)>& watch) {
  verify(p, "lower");
  for (const pass& each : table) {
    const bool skipped = std::find(off.begin(), off.end(), each.name) != off.end();
    if (!skipped)
      each.run(p);
    else if (each.plain)
      each.plain(p);
    else if (each.required)
      each.run(p);
    verify(p, each.name);
    if (watch) watch(each, p);
  }
  number_names(p);
}

}  // namespace tenon::codegen
