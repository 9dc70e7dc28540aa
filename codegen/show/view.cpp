#include "codegen/show/view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "codegen/passes.hpp"
#include "codegen/print/names.hpp"

namespace tenon::codegen {
namespace {

bool is_off(const emit_options& o, std::string_view name) {
  return std::find(o.off.begin(), o.off.end(), name) != o.off.end();
}

void require_pass(const std::string& name) {
  std::vector<std::string_view> known{"lower"};
  for (const pass& each : passes()) known.push_back(each.name);
  if (std::find(known.begin(), known.end(), name) == known.end())
    throw unknown_name(
        fmt::format("--pass: there is no pass '{}'; there are {}", name, fmt::join(known, ", ")));
}

bool mentions(const std::string& note, const std::string& layer) {
  for (std::size_t at = note.find(layer); at != note.npos; at = note.find(layer, at + 1)) {
    const std::size_t end = at + layer.size();
    const bool begins = at == 0 || note[at - 1] == ' ';
    if (begins && (end == note.size() || note[end] == ' ' || note[end] == ',')) return true;
  }
  return false;
}

}  // namespace

std::string_view name_of(const view_options& o) { return o.single ? "eval_single" : name_of(o.in); }

program program_after(const declaration& d, const view_options& o, const std::string& pass_name) {
  if (!pass_name.empty()) require_pass(pass_name);
  const detail::settling how{.drop_identities = !is_off(o.emit, "drop_identities"),
                             .merge_affine = !is_off(o.emit, "merge_affine")};
  program p = o.single ? lower_single(d, how) : lower(d, o.in, o.emit.batch, how);
  if (o.emit.cuda) p.on = warps, p.on.products = o.emit.products;
  if (pass_name == "lower") return p;
  p.tuned = o.emit.tuned;
  program at = p;
  run_passes(p, o.emit.off, [&](const pass& each, const program& now) {
    if (each.name == pass_name) at = now;
  });
  return pass_name.empty() ? p : at;
}

bool belongs_to(const kernel& k, const std::string& layer) {
  return k.layer == layer || mentions(k.note, layer);
}

void require_layer(const program& p, const std::string& layer) {
  const std::string kind = layer.substr(0, layer.rfind('_'));
  std::vector<std::string> all, alike;  // a hundred names help less than the few of the same kind
  for (const layer_record& l : p.layers) {
    if (l.name == layer) return;
    all.push_back(l.name);
    if (l.kind == kind) alike.push_back(l.name);
  }
  throw unknown_name(fmt::format("--layer: there is no layer '{}'; {} has {}", layer, p.network,
                                 fmt::join(alike.empty() ? all : alike, ", ")));
}

const std::string& function_of(const program& p, std::size_t kernel) {
  const int shared = p.schedules.empty() ? -1 : p.schedules[kernel].shared_with;
  return p.kernels[shared < 0 ? kernel : static_cast<std::size_t>(shared)].name;
}

std::string fate_of(const program& p, const std::string& layer) {
  for (const layer_record& l : p.layers) {
    if (l.name == layer && !l.became.empty()) return l.became;
  }
  for (const kernel& k : p.kernels) {
    if (k.layer == layer) return {};
  }
  for (const kernel& k : p.kernels) {
    if (belongs_to(k, layer)) return "in the kernel of " + k.layer;
  }
  return layer == "input" ? "" : "index arithmetic of those who read it";
}

}  // namespace tenon::codegen
