#include <algorithm>
#include <array>

#include "codegen/print/break_line.hpp"
#include "codegen/print/files.hpp"
#include "codegen/print/names.hpp"

namespace tenon::codegen {
namespace {

using row = std::array<std::string, 5>;

std::string became(const program& p, const layer_record& l) {
  if (!l.became.empty()) return l.became;
  for (const kernel& k : p.kernels) {
    // Whole names: relu_1 is no part of leaky_relu_1.
    const std::string noted = ", " + k.note;
    if (k.layer != l.name && noted.find(", " + l.name + " fused") != std::string::npos)
      return "in the kernel of " + k.layer;
  }
  return {};
}

std::string count(long v) { return v == 0 ? std::string() : grouped(v); }

std::vector<row> rows(const program& p) {
  std::vector<row> all{{"layer", "output", "parameters", "FLOP/sample", "what became of it"}};
  for (const layer_record& l : p.layers)
    all.push_back(
        {l.name, shape_text(l.out), count(l.parameters), count(2 * l.macs), became(p, l)});
  return all;
}

}  // namespace

void layer_table(writer& w, const program& p) {
  const std::vector<row> all = rows(p);
  std::array<std::size_t, 4> width{};
  for (const row& r : all) {
    for (std::size_t c = 0; c < width.size(); ++c) width[c] = std::max(width[c], r[c].size());
  }
  for (const row& r : all) {
    const std::string line = fmt::format("  {:<{}}  {:<{}}  {:>{}}  {:>{}}   {}", r[0], width[0],
                                         r[1], width[1], r[2], width[2], r[3], width[3], r[4]);
    const std::string indentation(line.size() - r[4].size() + 2, ' ');
    const std::string text = line.substr(0, line.find_last_not_of(' ') + 1);
    for (const std::string& part : break_comment(text, indentation, line_width)) w.line(part);
  }
}

}  // namespace tenon::codegen
