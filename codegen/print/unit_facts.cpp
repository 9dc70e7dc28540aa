#include <algorithm>

#include "codegen/addressed.hpp"
#include "codegen/passes/split_single.hpp"
#include "codegen/print/highway.hpp"
#include "codegen/print/names.hpp"
#include "codegen/print/unit.hpp"

namespace tenon::codegen {
namespace {

std::vector<bool> forward_kernels(const program& p) {
  std::vector<bool> needed(p.tensors.size()), kernels(p.kernels.size());
  for (std::size_t t = 0; t < p.tensors.size(); ++t) {
    const role r = p.tensors[t].what;
    needed[t] = r == role::output || r == role::buffer || r == role::probabilities;
  }
  for (std::size_t i = p.kernels.size(); i-- > 0;) {
    kernels[i] = needed[static_cast<std::size_t>(p.kernels[i].out)];
    for (int id : kernels[i] ? reads_of(p.kernels[i]) : std::vector<int>{})
      needed[static_cast<std::size_t>(id)] = true;
  }
  return kernels;
}

}  // namespace

unit::unit(const edition& of, const program& from)
    : e(of),
      p(from),
      train(from.in == mode::train),
      samples(from.in == mode::eval_mc),
      word(name_of(from.in)),
      plan(plan_of(from)),
      forward(forward_kernels(from)) {}

bool unit::has(stage s) const {
  return std::any_of(p.schedules.begin(), p.schedules.end(),
                     [&](const schedule& x) { return x.when == s; });
}

int unit::last_phase() const {
  int last = 0;
  for (const schedule& s : p.schedules)
    last = std::max(last, s.when == stage::block || s.when == stage::whole ? s.phase : 0);
  return last;
}

int unit::last_forward_phase() const {
  int last = 0;
  for (std::size_t i = 0; i < p.kernels.size(); ++i) {
    if (forward[i] && p.schedules[i].when != stage::renew)
      last = std::max(last, p.schedules[i].phase);
  }
  return last;
}

bool is_transpose(const program& p, std::size_t i) {
  return p.layouts[static_cast<std::size_t>(p.kernels[i].out)].samples_outermost;
}

// eval_mc reads the parameters where training has put them.
const storage& unit::place_of(int id) const {
  const tensor& t = p.of(id);
  if (!samples || (t.what != role::parameter && t.what != role::buffer))
    return p.storages[static_cast<std::size_t>(id)];
  for (std::size_t i = 0; i < e.train.tensors.size(); ++i) {
    if (e.train.tensors[i].name == t.name) return e.train.storages[i];
  }
  throw internal_bug("eval_mc: training has no tensor " + t.name);
}

std::string unit::pointer(int id, const char* block) const {
  if (p.layouts[static_cast<std::size_t>(id)].callers) return "j.x";
  const storage& s = place_of(id);
  const auto at = [&](const char* base) {
    return s.offset == 0 ? std::string(base) : fmt::format("{} + {}", base, s.offset);
  };
  switch (s.where) {
    case region::parameter:
      return at("j.image");
    case region::gradient:
      return at("j.gradients");
    case region::batch:
      return at("j.batch");
    case region::part:
      return at("mine");
    case region::part_sum:
      return at("sums");
    case region::block:
      return at(block);
    case region::none:
      break;
  }
  throw internal_bug("tensor " + p.of(id).name + " is used and has no place");
}

std::string unit::interior(int id) const {
  const layout& l = p.layouts[static_cast<std::size_t>(id)];
  return l.origin == 0 ? pointer(id) : fmt::format("{} + {}", pointer(id), l.origin);
}

std::string unit::whole_call_of(std::size_t i, std::string_view first,
                                std::string_view last) const {
  const int shared = p.schedules[i].shared_with;
  std::string s =
      identifier(p.kernels[shared < 0 ? i : static_cast<std::size_t>(shared)].name) + "(";
  for (const parameter_name& n : parameter_names(p, p.kernels[i]))
    s += pointer(n.tensor, "j.block_memory") + ", ";
  return s + fmt::format("(j.n + {}) / {}, {}, {}, {});", p.block - 1, p.block,
                         p.floats(region::block), first, last);
}

std::string unit::call_of(std::size_t i) const {
  const kernel& k = p.kernels[i];
  if (is_transpose(p, i)) {
    const layout& out = p.layouts[static_cast<std::size_t>(k.out)];
    return fmt::format("tenon::HWY_NAMESPACE::transpose_to_rows({}, {}, {}, {}, {});",
                       pointer(k.value->tensor), p.of(k.out).shape.count(), p.block,
                       out.floats / static_cast<std::size_t>(p.block), pointer(k.out));
  }
  if (is_plain_collect(p, i))
    return fmt::format("tenon::HWY_NAMESPACE::add_parts({}, j.parts, {}, {}, {});",
                       pointer(k.value->tensor), p.floats(region::part_sum),
                       (p.layouts[static_cast<std::size_t>(k.out)].floats + 15) / 16 * 16,
                       pointer(k.out));
  const int shared = p.schedules[i].shared_with;
  const std::string name =
      identifier(p.kernels[shared < 0 ? i : static_cast<std::size_t>(shared)].name);
  std::string s;
  for (const parameter_name& n : parameter_names(p, k))
    s += (s.empty() ? "" : ", ") + pointer(n.tensor);
  const extras x = extras_of(p, k);
  if (x.parts) s += fmt::format(", j.parts, {}", p.floats(region::part_sum));
  if (x.step) s += ", step";
  if (x.call) s += ", call";
  const schedule& how = p.schedules[i];
  if (how.split_axis < 0) return fmt::format("{}({});", name, s);
  return fmt::format(
      "tenon::share(j.threads, {}, [&](size_t begin, size_t end) {{ {}({}, begin, end); }});",
      codegen::steps_of(addressed(p, k), how, how.split_axis), name, s);
}

std::string unit::steps_of(std::size_t i) const {
  return fmt::format("for (size_t step = 0; step < {}; ++step)", p.kernels[i].extents[0]);
}

}  // namespace tenon::codegen
