// Graphs for Graphviz: of the layers of a mode, or of the kernels after a pass.
#include <fmt/format.h>

#include <map>
#include <set>

#include "codegen/print/names.hpp"
#include "codegen/show/view.hpp"

namespace tenon::codegen {
namespace {

std::string quoted(const std::string& s) {
  std::string out = "\"";
  for (const char c : s) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

class graph {
 public:
  explicit graph(const std::string& title)
      : text_(fmt::format("digraph {} {{\n  rankdir=TB;\n  node [shape=box, "
                          "fontname=\"monospace\", fontsize=10];\n"
                          "  edge [fontname=\"monospace\", fontsize=9];\n",
                          quoted(title))) {}

  void node(const std::string& id, const std::string& label, const char* style = "") {
    text_ += fmt::format("  {} [label={}{}];\n", quoted(id), quoted(label), style);
  }
  void edge(const std::string& from, const std::string& to, const std::string& label = {}) {
    text_ += fmt::format("  {} -> {}", quoted(from), quoted(to));
    text_ += label.empty() ? ";\n" : fmt::format(" [label={}];\n", quoted(label));
  }
  std::string text() const { return text_ + "}\n"; }

 private:
  std::string text_;
};

constexpr const char* end_style = ", style=rounded";

std::string layers_graph(const program& p) {
  graph g(p.network);
  std::map<int, std::string> producer;  // of tensors
  for (const layer_record& l : p.layers) {
    if (!l.became.empty()) continue;  // it hands on the tensor of the one before it
    std::string label = l.name;
    if (l.spelling != l.name) label += "\n" + l.spelling;
    for (const layer_record& gone : p.layers) {
      if (gone.became == "folded into " + l.name) label += "\nwith " + gone.name + " folded in";
    }
    const bool is_input = l.inputs.empty();
    g.node(l.name, label + "\n" + shape_text(l.out), is_input ? end_style : "");
    for (const int from : l.inputs) {
      if (const auto at = producer.find(from); at != producer.end())
        g.edge(at->second, l.name, shape_text(p.of(from).shape));
    }
    producer[is_input ? p.input : l.output] = l.name;
  }
  if (p.loss < 0) {
    g.node("output", "output\n" + shape_text(p.of(p.output).shape), end_style);
    if (const auto at = producer.find(p.output); at != producer.end()) g.edge(at->second, "output");
  }
  return g.text();
}

const char* form_name(const kernel& k) {
  constexpr const char* names[] = {"map", "reduce", "contract"};
  return names[static_cast<int>(form_of(k))];
}

// Kernels are boxes; a tensor that comes from outside (input, target, parameters) is an oval.
std::string kernels_graph(const program& p, const std::string& layer) {
  graph g(p.network);
  std::map<int, std::vector<std::string>> writers;
  std::set<std::string> ids;
  std::set<int> outside;
  for (std::size_t i = 0; i < p.kernels.size(); ++i) {
    const kernel& k = p.kernels[i];
    const tensor& out = p.of(k.out);
    std::string id = k.name;
    for (int n = 2; !ids.insert(id).second; ++n) id = fmt::format("{} ({})", k.name, n);
    const bool shown = layer.empty() || belongs_to(k, layer);
    if (shown)
      g.node(id, fmt::format("{}\n{}\n{} {}", id, form_name(k), out.name, shape_text(out.shape)));
    for (const int read : reads_of(k)) {
      if (!shown) break;
      const tensor& t = p.of(read);
      if (const auto from = writers.find(read); from != writers.end()) {
        for (const std::string& writer : from->second) g.edge(writer, id, shape_text(t.shape));
        continue;
      }
      if (outside.insert(read).second)
        g.node("tensor " + t.name, t.name + "\n" + shape_text(t.shape), ", shape=ellipse");
      g.edge("tensor " + t.name, id);
    }
    if (shown) writers[k.out].push_back(id);
  }
  return g.text();
}

}  // namespace

std::string dot_view(const declaration& d, const view_options& o) {
  if (o.pass.empty() && o.layer.empty()) return layers_graph(program_after(d, o, "lower"));
  const program p = program_after(d, o, o.pass);
  if (!o.layer.empty()) require_layer(p, o.layer);
  return kernels_graph(p, o.layer);
}

}  // namespace tenon::codegen
