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
  return where == region::part    ? p.floats(region::part)
         : where == region::block ? p.floats(region::block)
                                  : p.floats(region::part_sum);
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

std::string cuda_unit::launch_of(std::size_t i) const {
  const kernel& k = p.kernels[i];
  const schedule& s = p.schedules[i];
  const auto grid = [&](long groups, bool parts = false) {
    return fmt::format("{{{}, {}}}", groups, parts ? p.parts() : p.blocks());
  };
  if (is_transpose(p, i)) {
    const layout& out = p.layouts[static_cast<std::size_t>(k.out)];
    const int from = k.value->tensor;
    const std::size_t row = out.floats / static_cast<std::size_t>(p.block);
    return fmt::format(
        "q.run(tenon::cuda::transpose_to_rows<>, {}, 4, 0, j.call, {}, {}, {}, {}, {}, {});",
        grid(static_cast<long>((row + 31) / 32)), pointer(from), step_of(from),
        p.of(k.out).shape.count(), pointer(k.out), step_of(k.out), row);
  }
  if (is_plain_collect(p, i)) {
    const std::size_t floats = (p.layouts[static_cast<std::size_t>(k.out)].floats + 15) / 16 * 16;
    return fmt::format("q.run(tenon::cuda::add_parts<>, {{{}, 1}}, 4, 0, j.call, {}, {}, {}, {});",
                       std::min<std::size_t>((floats + 127) / 128, 1024), pointer(k.value->tensor),
                       p.floats(region::part_sum), floats, pointer(k.out));
  }
  const std::size_t printed = s.shared_with < 0 ? i : static_cast<std::size_t>(s.shared_with);
  const cuda_launch l = cuda_launch_of(p, i);
  const bool parts = l.blocks && s.when != stage::whole;
  const bool once = s.vectors == vector_axis::none || s.when == stage::whole;
  std::string text = fmt::format(
      "q.run({}_on_grid, {}, {}, {}, j.call", identifier(p.kernels[printed].name),
      once ? fmt::format("{{{}, 1}}", l.groups) : grid(l.groups, parts), l.warps, l.shared_bytes);
  for (const parameter_name& n : parameter_names(p, k)) {
    text += ", " + pointer(n.tensor);
    const bool out = n.tensor == k.out;
    if (p.of(n.tensor).where == home::sample || (out && parts))
      text += fmt::format(", {}", step_of(n.tensor));
  }
  if (l.parts) text += fmt::format(", {}", p.floats(region::part_sum));
  if (l.halo) text += ", " + (begins[i] ? shape_of(k.out) : std::string("tenon::cuda::shape{}"));
  return text + ");";
}

namespace {

void load(writer& w, const cuda_unit& u, int id, const char* kernel, bool shaped) {
  if (id < 0 || u.p.storages[static_cast<std::size_t>(id)].where == region::none) return;
  const long groups = shaped ? (u.p.of(id).shape.count() + 31) / 32 : 1;
  w.line("q.run(tenon::cuda::{}<>, {{{}, {}}}, 4, 0, j.call, {}, {}{});", kernel, groups,
         u.p.blocks(), shaped ? u.interior(id) : u.pointer(id), u.step_of(id),
         shaped ? ", " + u.shape_of(id) : "");
}

void store(writer& w, const cuda_unit& u, int id) {
  w.line("q.run(tenon::cuda::store_samples<>, {{{}, {}}}, 4, 0, j.call, {}, {}, {});",
         (u.p.of(id).shape.count() + 31) / 32, u.p.blocks(), u.interior(id), u.step_of(id),
         u.shape_of(id));
}

// The kernels of a stage that are wanted, in their order.
template <class F>
void launches(writer& w, const cuda_unit& u, F wanted) {
  for (std::size_t i = 0; i < u.p.kernels.size(); ++i) {
    if (wanted(i)) w.line(u.launch_of(i));
  }
}

void print_eval_queues(writer& w, const cuda_unit& u) {
  comment(w,
          "From the parameters as training has them to what the kernels read: once, at opening.");
  w.block("void prepare([[maybe_unused]] queue& q, [[maybe_unused]] const job& j)", [&] {
    launches(w, u, [&](std::size_t i) { return u.p.schedules[i].when == stage::prepare; });
  });
  w.line("");
  comment(w, "A batch through the network: each kernel for all blocks of samples side by side.");
  w.block("void run(queue& q, const job& j, bool probabilities)", [&] {
    load(w, u, u.p.input, "load_samples", true);
    const auto block = [&](std::size_t i) { return u.p.schedules[i].when == stage::block; };
    launches(w, u, [&](std::size_t i) { return block(i) && u.output[i]; });
    if (u.p.probabilities == u.p.output) {
      w.line("static_cast<void>(probabilities);  // they are the output");
      return store(w, u, u.p.output);
    }
    w.block("if (!probabilities)", [&] {
      store(w, u, u.p.output);
      w.line("return;");
    });
    launches(w, u, [&](std::size_t i) { return block(i) && !u.output[i]; });
    store(w, u, u.p.probabilities);
  });
  w.line("");
}

void print_train_queues(writer& w, const cuda_unit& u) {
  comment(w,
          "A batch forward and, where gradients are wanted, backward: each kernel for all blocks "
          "of samples side by side.");
  w.block("void run(queue& q, const job& j, bool forward_only)", [&] {
    if (u.p.floats(region::part_sum) > 0)
      w.line("q.clear(j.sums, {});",
             u.p.floats(region::part_sum) * static_cast<std::size_t>(u.p.parts()));
    load(w, u, u.p.input, "load_samples", true);
    w.block("if (!forward_only)", [&] {
      if (u.p.target_is_class)
        load(w, u, u.p.target, "load_classes", false);
      else
        load(w, u, u.p.target, "load_values", true);
      load(w, u, u.p.sample_weight, "load_weights", false);
    });
    bool open = false;
    for (std::size_t i = 0; i < u.p.kernels.size(); ++i) {
      if (u.p.schedules[i].when == stage::renew) continue;
      const bool backward = !u.forward[i] && u.p.schedules[i].when != stage::prepare;
      if (backward != open) {
        if (backward) w.line("if (!forward_only) {"), w.indent(1);
        if (!backward) w.indent(-1), w.line("}");
        open = backward;
      }
      w.line(u.launch_of(i));
    }
    if (open) w.indent(-1), w.line("}");
  });
  w.line("");
  comment(w, "Running statistics, from the batch's.");
  w.block("void renew([[maybe_unused]] queue& q, [[maybe_unused]] const job& j)", [&] {
    launches(w, u, [&](std::size_t i) { return u.p.schedules[i].when == stage::renew; });
  });
  w.line("");
  comment(w, "The outputs of the last call, back to rows of samples.");
  w.block("void store_outputs(queue& q, const job& j)", [&] { store(w, u, u.p.output); });
  w.line("");
}

}  // namespace

void print_cuda_queues(writer& w, const cuda_unit& u) {
  u.train ? print_train_queues(w, u) : print_eval_queues(w, u);
}

}  // namespace tenon::codegen
