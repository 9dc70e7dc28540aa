#include "codegen/program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>  // join

#include <algorithm>

#include "codegen/print/names.hpp"  // axis_names

namespace tenon::codegen {
namespace {

using name_list = std::vector<std::string>;

std::string to_text(const affine& a, const name_list& axes) {
  std::string s;
  for (const affine::term& t : a.terms) {
    const int size = t.coefficient < 0 ? -t.coefficient : t.coefficient;
    const std::string& axis = axes.at(static_cast<std::size_t>(t.axis));
    s += t.coefficient < 0 ? (s.empty() ? "-" : " - ") : (s.empty() ? "" : " + ");
    s += size == 1 ? axis : fmt::format("{} {}", size, axis);
  }
  if (s.empty()) return fmt::format("{}", a.constant);
  if (a.constant != 0)
    s += a.constant < 0 ? fmt::format(" - {}", -a.constant) : fmt::format(" + {}", a.constant);
  return s;
}

std::string to_text(const std::vector<affine>& index, const name_list& axes) {
  std::string s;
  for (const affine& a : index) s += (s.empty() ? "" : ", ") + to_text(a, axes);
  return "[" + s + "]";
}

constexpr const char* name_of(op k) {
  constexpr const char* names[] = {"constant", "read",    "position",
                                   "n",        "uniform", "draw",
                                   "table",    "live",    "+",
                                   "-",        "*",       "/",
                                   "-",        "max",     "min",
                                   "exp",      "log",     "tanh",
                                   "sigmoid",  "erf",     "sqrt",
                                   ">",        "==",      "select",
                                   "sum",      "maximum", "first_maximum"};
  return names[static_cast<int>(k)];
}

std::string to_text(const program& p, const expr& e, const name_list& axes) {
  const auto arg = [&](std::size_t i) { return to_text(p, e->args[i], axes); };
  switch (e->kind) {
    case op::constant:
      return fmt::format("{}", e->number);
    case op::read:
      return p.of(e->tensor).name + to_text(e->index, axes) +
             (e->number != 0 ? fmt::format("|{}", e->number) : "");
    case op::position:
      return to_text(e->index[0], axes);
    case op::batch_size:
      return "n";
    case op::uniform:
      return fmt::format("uniform({}, stream {})", to_text(e->index[0], axes), e->stream);
    case op::draw:
      return fmt::format("draw({}, stream {})", to_text(e->index[0], axes), e->stream);
    case op::table:
      return fmt::format("[{}][{}]", fmt::join(e->numbers, " "), to_text(e->index[0], axes));
    case op::negate:
      return "-" + arg(0);
    case op::add:
    case op::subtract:
    case op::multiply:
    case op::divide:
    case op::greater:
    case op::equal:
      return "(" + arg(0) + " " + name_of(e->kind) + " " + arg(1) + ")";
    default:
      break;
  }
  std::string s = name_of(e->kind);
  if (is_reduction(e->kind)) {
    s += " over";
    for (const axis& a : e->axes) s += " " + axes.at(static_cast<std::size_t>(a.id));
  }
  s += "(";
  for (std::size_t i = 0; i < e->args.size(); ++i) s += (i ? ", " : "") + arg(i);
  return s + ")";
}

constexpr const char* name_of(home h) {
  constexpr const char* names[] = {"parameter", "batch", "part", "sample"};
  return names[static_cast<int>(h)];
}

}  // namespace

std::string_view name_of(mode m) {
  constexpr std::string_view names[modes] = {"train", "eval", "eval_mc"};
  return names[static_cast<int>(m)];
}

void for_each_read(const expr& e, const std::function<void(const node&)>& f) {
  for (const node* n : in_order(e)) {
    if (n->kind == op::read) f(*n);
  }
}

std::vector<int> reads_of(const kernel& k) {
  std::vector<int> out;
  for_each_read(k.value, [&](const node& n) {
    if (std::find(out.begin(), out.end(), n.tensor) == out.end()) out.push_back(n.tensor);
  });
  return out;
}

bool alone_writes(const program& p, const kernel& k) {
  const std::vector<int> reads = reads_of(k);
  return !k.accumulate && std::find(reads.begin(), reads.end(), k.out) == reads.end() &&
         std::count_if(p.kernels.begin(), p.kernels.end(),
                       [&](const kernel& other) { return other.out == k.out; }) == 1;
}

int lane_axis_of(const program& p, const kernel& k) {
  const layout& l = p.layouts.at(static_cast<std::size_t>(k.out));
  if (!p.single || l.lanes < 0) return -1;
  const auto numbered = [&](int axis_id) {  // a number of its own for each lane
    const std::vector<const node*> nodes = in_order(k.value);
    return std::any_of(nodes.begin(), nodes.end(), [&](const node* n) {
      const bool number = n->kind == op::position || n->kind == op::uniform ||
                          n->kind == op::draw || n->kind == op::table;
      return number && n->index[0].coefficient(axis_id) != 0;
    });
  };
  int best = -1, extent = 1;
  for (const affine::term& t : k.at[static_cast<std::size_t>(l.lanes)].terms) {
    const auto uses = [&](const affine& a) { return a.coefficient(t.axis) != 0; };
    const int size = k.extents[static_cast<std::size_t>(t.axis)];
    if (t.coefficient != 1 || size <= extent || std::count_if(k.at.begin(), k.at.end(), uses) > 1 ||
        numbered(t.axis))
      continue;
    best = t.axis, extent = size;
  }
  return best;
}

form form_of(const kernel& k) {
  const node* r = find_reduction(k.value);
  if (r == nullptr) return form::map;
  if (r->kind != op::sum) return form::reduce;
  return factors_of(k).a ? form::contract : form::reduce;
}

const expr& body_of(const kernel& k) {
  const node* r = find_reduction(k.value);
  return r ? r->args[0] : k.value;
}

factors factors_of(const kernel& k) {
  const expr& body = body_of(k);
  if (body->kind != op::multiply || body->args[0]->kind != op::read ||
      body->args[1]->kind != op::read)
    return {};
  return {body->args[0].get(), body->args[1].get()};
}

std::string to_text(const program& p, const kernel& k) {
  const name_list axes = axis_names(k);
  std::string extents;
  for (std::size_t i = 0; i < k.extents.size(); ++i) {
    extents += fmt::format("{}{}<{}", i ? (static_cast<int>(i) == k.outer ? " | " : " ") : "",
                           axes[i], k.extents[i]);
  }
  return fmt::format("{}: {}{} {}= {}   ({}){}", k.name, p.of(k.out).name, to_text(k.at, axes),
                     k.accumulate ? "+" : "", to_text(p, k.value, axes), extents,
                     k.note.empty() ? "" : "   # " + k.note) +
         (k.strip < 0 ? "" : fmt::format("   strip {}", k.strip));
}

std::string to_text(const program& p) {
  std::string s =
      fmt::format("program {} {} batch {} block {}\n", p.network, name_of(p.in), p.batch, p.block);
  for (std::size_t i = 0; i < p.tensors.size(); ++i) {
    const tensor& t = p.tensors[i];
    s += fmt::format("  tensor {} {} {}\n", t.name, shape_text(t.shape), name_of(t.where));
  }
  for (const kernel& k : p.kernels) s += "  " + to_text(p, k) + "\n";
  return s;
}

}  // namespace tenon::codegen
