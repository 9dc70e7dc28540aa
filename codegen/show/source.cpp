// Single functions of the emitted source, cut out of the very text that is written to files.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include "codegen/print/names.hpp"
#include "codegen/show/view.hpp"

namespace tenon::codegen {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    lines.push_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return lines;
}

// From the comment above a function to the brace in the first column that ends it.
std::optional<std::string> function_text(const std::string& file, const std::string& name) {
  const std::vector<std::string_view> lines = lines_of(file);
  const std::string call = " " + name + "(";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool at_margin = std::string_view("/ \t#").find(lines[i][0]) == std::string_view::npos;
    if (!at_margin || lines[i].find(call) == std::string_view::npos) continue;
    std::size_t first = i, last = i;
    while (first > 0 && lines[first - 1].starts_with("//")) --first;
    while (last + 1 < lines.size() && !lines[last].starts_with("}")) ++last;
    std::string text;
    for (std::size_t k = first; k <= last; ++k) text += lines[k];
    return text;
  }
  return std::nullopt;
}

const std::string& text_of(const std::vector<emitted_file>& files, const std::string& path) {
  const auto found = std::find_if(files.begin(), files.end(),
                                  [&](const emitted_file& f) { return f.path == path; });
  if (found == files.end()) throw internal_bug("no file " + path + " was emitted");
  return found->text;
}

// The namespace of that name in a file.
std::string part(const std::string& text, const std::string& name) {
  const std::string begin = "namespace " + name + " {\n", end = "}  // namespace " + name + "\n";
  const std::size_t from = text.find(begin), to = text.find(end, from);
  if (from == text.npos || to == text.npos) throw internal_bug("no namespace " + name);
  return text.substr(from, to + end.size() - from);
}

}  // namespace

std::string source_view(const declaration& d, const view_options& o) {
  const std::string unit = o.emit.cuda ? ".cu" : fmt::format("_{}.cc", name_of(o.in));
  const std::vector<emitted_file> files = emit(d, o.emit);
  const auto file = [&](const std::string& end) {
    const std::string& all = text_of(files, std::string(d.name) + end);
    if (o.emit.cuda) return part(all, fmt::format("{}_kernels", name_of(o.in)));
    return o.single ? part(all, "single") : all;
  };
  const std::string text = file(unit);
  if (o.layer.empty()) return text;

  const program p = program_after(d, o, {});
  require_layer(p, o.layer);
  std::string all;
  std::set<std::string> printed;
  for (std::size_t i = 0; i < p.kernels.size(); ++i) {
    const kernel& k = p.kernels[i];
    if (!belongs_to(k, o.layer)) continue;
    const std::string function = identifier(function_of(p, i));
    if (!printed.insert(function).second) continue;
    std::optional<std::string> found = function_text(text, function);
    if (!found && !o.emit.cuda) found = function_text(file("_fold.cc"), function);
    if (!found) continue;
    if (function != identifier(k.name))
      all += fmt::format("// {} is computed by the function of an equal kernel:\n", k.name);
    all += *found + "\n";
  }
  if (!all.empty()) return all;
  const auto layer = std::find_if(p.layers.begin(), p.layers.end(),
                                  [&](const layer_record& l) { return l.name == o.layer; });
  return fmt::format(
      "// {} has no function of its own in {}{}\n", o.layer, name_of(o),
      layer->became.empty() ? "; it is index arithmetic of others" : ": " + layer->became);
}

}  // namespace tenon::codegen
