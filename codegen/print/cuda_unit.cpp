// What a network's kernels are launched with, and in which order.
#include <algorithm>

#include "codegen/print/cuda.hpp"
#include "codegen/print/cuda_kernel.hpp"
#include "codegen/print/highway.hpp"
#include "codegen/print/names.hpp"
#include "codegen/print/unit.hpp"

namespace tenon::codegen {
namespace {

bool declared(const tensor& t) { return t.what == role::parameter || t.what == role::buffer; }

std::vector<bool> needed_for(const program& p, const std::vector<role>& wanted) {
  std::vector<bool> needed(p.tensors.size()), kernels(p.kernels.size());
  for (std::size_t t = 0; t < p.tensors.size(); ++t)
    needed[t] = std::find(wanted.begin(), wanted.end(), p.tensors[t].what) != wanted.end();
  for (std::size_t i = p.kernels.size(); i-- > 0;) {
    kernels[i] = needed[static_cast<std::size_t>(p.kernels[i].out)];
    for (int id : kernels[i] ? reads_of(p.kernels[i]) : std::vector<int>{})
      needed[static_cast<std::size_t>(id)] = true;
  }
  return kernels;
}

std::vector<bool> first_writers(const program& p) {
  std::vector<bool> begun(p.tensors.size()), first(p.kernels.size());
  for (std::size_t i = 0; i < p.kernels.size(); ++i) {
    const std::size_t out = static_cast<std::size_t>(p.kernels[i].out);
    first[i] = !begun[out];
    begun[out] = true;
  }
  return first;
}

class planner {
 public:
  // 256 bytes: what the widest loads and cudaMalloc keep to.
  std::size_t take(std::size_t floats) {
    const std::size_t at = end_;
    end_ += (floats + 63) / 64 * 64;
    return at;
  }

 private:
  std::size_t end_ = 0;
};

// What tenon::cuda::updater::scratch_bytes() asks for, which the unit asserts: partial sums of
// squares in double, twice, and two norms for each parameter.
std::size_t scratch_floats(const program& p) {
  std::size_t parameters = 0;
  for (const tensor& t : p.tensors) parameters += t.what == role::parameter ? 1 : 0;
  return 2 * (4 * parameters + 2 * (p.floats(region::gradient) / 1024) + 1);
}

cuda_plan plan_of(const cuda_unit& u, std::size_t passing) {
  const program& p = u.p;
  const std::size_t batch = static_cast<std::size_t>(p.batch),
                    blocks = static_cast<std::size_t>(p.blocks()),
                    parts = static_cast<std::size_t>(p.parts());
  const auto count = [&](int id) {
    return id < 0 ? std::size_t{0} : static_cast<std::size_t>(p.of(id).shape.count());
  };
  planner floats;
  cuda_plan plan;
  plan.declared = floats.take(plan_of(u.e.cuda->train).image);
  if (u.train) {
    plan.gradients = floats.take(p.floats(region::gradient));
    plan.state = floats.take(2 * p.floats(region::gradient));
  } else {
    plan.prepared = floats.take(p.floats(region::parameter) + passing);
  }
  plan.batch = floats.take(p.floats(region::batch));
  plan.sums = floats.take(p.floats(region::part_sum) * parts);
  plan.memory = floats.take(p.floats(region::part) * blocks);
  plan.blocks = floats.take(p.floats(region::block) * blocks);
  plan.x = floats.take(batch * count(p.input));
  if (u.train) {
    plan.target = floats.take(batch * count(p.target));
    plan.weights = floats.take(p.sample_weight >= 0 ? batch : 0);
  }
  plan.y = floats.take(batch * count(p.output));
  plan.call = floats.take(64);
  plan.scratch = floats.take(u.train ? scratch_floats(p) : 0);
  plan.total = floats.take(0);
  return plan;
}

}  // namespace

cuda_unit::cuda_unit(const edition& of, const program& from)
    : e(of),
      p(from),
      train(from.in == mode::train),
      forward(needed_for(from, {role::output, role::buffer, role::probabilities})),
      output(needed_for(from, {role::output})),
      begins(first_writers(from)) {
  std::size_t end = p.floats(region::parameter);
  for (std::size_t i = 0; i < p.kernels.size() && !train; ++i) {
    const std::size_t out = static_cast<std::size_t>(p.kernels[i].out);
    if (p.schedules[i].when != stage::prepare || p.storages[out].where != region::none) continue;
    if (!passing.emplace(p.kernels[i].out, end).second) continue;
    end += (p.layouts[out].floats + 15) / 16 * 16;
  }
  plan = plan_of(*this, end - p.floats(region::parameter));
}

bool cuda_unit::has(stage s) const {
  return std::any_of(p.schedules.begin(), p.schedules.end(),
                     [&](const schedule& x) { return x.when == s; });
}

std::string cuda_unit::pointer(int id) const {
  const auto at = [&](const char* base, std::size_t offset) {
    return offset == 0 ? fmt::format("j.{}", base) : fmt::format("j.{} + {}", base, offset);
  };
  const tensor& t = p.of(id);
  if (declared(t)) {  // where training has put them
    for (std::size_t i = 0; i < e.cuda->train.tensors.size(); ++i) {
      if (e.cuda->train.tensors[i].name == t.name)
        return at("declared", e.cuda->train.storages[i].offset);
    }
    throw internal_bug("CUDA: training has no tensor " + t.name);
  }
  if (const auto found = passing.find(id); found != passing.end())
    return at("prepared", found->second);
  const storage& s = p.storages[static_cast<std::size_t>(id)];
  switch (s.where) {
    case region::parameter:
      return at("prepared", s.offset);
    case region::gradient:
      return at("gradients", s.offset);
    case region::batch:
      return at("batch", s.offset);
    case region::part:
      if (in_shared())
        return fmt::format("memory{}", s.offset == 0 ? "" : fmt::format(" + {}", s.offset));
      return at("memory", s.offset);
    case region::part_sum:
      return at("sums", s.offset);
    case region::block:
      return at("blocks", s.offset);
    case region::none:
      break;
  }
  throw internal_bug("CUDA: tensor " + t.name + " is used and has no place");
}

std::string cuda_unit::interior(int id) const {
  const layout& l = p.layouts[static_cast<std::size_t>(id)];
  return l.origin == 0 ? pointer(id) : fmt::format("{} + {}", pointer(id), l.origin);
}

std::size_t cuda_unit::step_of(int id) const {
  const region where = p.storages[static_cast<std::size_t>(id)].where;
  if (where == region::part && in_shared()) return 0;
  return p.floats(where);
}

std::string cuda_unit::shape_of(int id) const {
  const dims& s = p.of(id).shape;
  const layout& l = p.layouts[static_cast<std::size_t>(id)];
  if (s.rank == 3)
    return fmt::format("tenon::cuda::shape{{{}, {}, {}, {}, {}, {}, {}, {}, {}}}", s[0], s[1], s[2],
                       l.before[1], l.after[1], l.before[2], l.after[2], l.stride[0], l.stride[1]);
  if (s.rank == 2)
    return fmt::format("tenon::cuda::shape{{{}, 1, {}, 0, 0, {}, {}, {}, {}}}", s[0], s[1],
                       l.before[1], l.after[1], l.stride[0], l.stride[0]);
  return fmt::format("tenon::cuda::shape{{.width = {}}}", s.count());
}

cuda_step cuda_unit::step(std::size_t i) const {
  const kernel& k = p.kernels[i];
  const schedule& s = p.schedules[i];
  const unsigned blocks = static_cast<unsigned>(p.blocks());
  if (is_transpose(p, i)) {
    const layout& out = p.layouts[static_cast<std::size_t>(k.out)];
    const int from = k.value->tensor;
    const std::size_t row = out.floats / static_cast<std::size_t>(p.block);
    return {
        .launched = "tenon::cuda::transpose_to_rows<>",
        .called = "tenon::cuda::here::transpose_to_rows",
        .groups = static_cast<unsigned>((row + 31) / 32),
        .blocks = blocks,
        .arguments = fmt::format(", {}, {}, {}, {}, {}, {}", pointer(from), step_of(from),
                                 p.of(k.out).shape.count(), pointer(k.out), step_of(k.out), row),
        .block_by_block = true,
        .reads = {from},
        .writes = k.out};
  }
  if (is_plain_collect(p, i)) {
    const std::size_t floats = (p.layouts[static_cast<std::size_t>(k.out)].floats + 15) / 16 * 16;
    return {.launched = "tenon::cuda::add_parts<>",
            .called = "tenon::cuda::here::add_parts",
            .groups = static_cast<unsigned>(std::min<std::size_t>((floats + 127) / 128, 1024)),
            .arguments = fmt::format(", {}, {}, {}, {}", pointer(k.value->tensor),
                                     p.floats(region::part_sum), floats, pointer(k.out)),
            .reads = {k.value->tensor},
            .writes = k.out};
  }
  const std::size_t printed = s.shared_with < 0 ? i : static_cast<std::size_t>(s.shared_with);
  const cuda_launch l = cuda_launch_of(p, i);
  const bool parts = l.blocks && s.when != stage::whole;
  const bool once = s.vectors == vector_axis::none || s.when == stage::whole;
  const std::string name = identifier(p.kernels[printed].name) + "_on_grid";
  cuda_step step{.launched = name,
                 .called = name,
                 .groups = l.groups,
                 .warps = l.warps,
                 .shared_bytes = l.shared_bytes,
                 .arguments = {}};
  step.blocks = once ? 1 : parts ? static_cast<unsigned>(p.parts()) : blocks;
  step.block_by_block = !once && !parts;
  step.reads = reads_of(k), step.writes = k.out;
  for (const parameter_name& n : parameter_names(p, k)) {
    step.arguments += ", " + pointer(n.tensor);
    const bool out = n.tensor == k.out;
    if (p.of(n.tensor).where == home::sample || (out && parts))
      step.arguments += fmt::format(", {}", step_of(n.tensor));
  }
  if (l.parts) step.arguments += fmt::format(", {}", p.floats(region::part_sum));
  if (l.halo)
    step.arguments += ", " + (begins[i] ? shape_of(k.out) : std::string("tenon::cuda::shape{}"));
  return step;
}

bool cuda_unit::in_shared() const {
  // GPUs of compute capability 8.6 and 8.9 have 99 KB for a group, of which a step's weights take
  // up to 48 (84 as fragments) and the way in and out 8.
  const std::size_t most_bytes = (p.on.products == precision::float32 ? 40 : 6) << 10;
  return !train && p.together == 1 && p.floats(region::part) * sizeof(float) <= most_bytes;
}

}  // namespace tenon::codegen
