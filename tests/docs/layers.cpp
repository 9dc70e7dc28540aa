#include "layers.hpp"

#include <stdexcept>

#include "markdown.hpp"

namespace docs {
namespace {

// The first paragraph of a header: its comment up to the first indented line or "   ".
std::string first_paragraph(const std::string& path) {
  std::string text;
  for (const std::string& line : read_lines(path)) {
    if (!line.starts_with("// ") || line.starts_with("//  ")) break;
    text += (text.empty() ? "" : " ") + line.substr(3);
  }
  return text.substr(0, text.find("   "));
}

std::string in_a_cell(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
    text.replace(at, 1, "\\|");
  return text;
}

}  // namespace

std::vector<std::string> layer_table(const std::string& folder) {
  std::vector<std::string> rows{"| layer | what it does | formula, shapes, gradients |",
                                "| --- | --- | --- |"};
  const std::string include = "#include \"dsl/layers/";
  for (const std::string& line : read_lines(folder + "/all.hpp")) {
    if (!line.starts_with(include)) continue;
    const std::string file = line.substr(include.size(), line.rfind('"') - include.size());
    const std::string text = first_paragraph(folder + "/" + file);
    const std::size_t at = text.find(": ");
    if (at == std::string::npos)
      throw std::runtime_error(folder + "/" + file + ": begins without `usage: what it does`");
    rows.push_back("| `` " + in_a_cell(text.substr(0, at)) + " `` | " +
                   in_a_cell(text.substr(at + 2)) + " | [" + file + "](../dsl/layers/" + file +
                   ") |");
  }
  return rows;
}

}  // namespace docs
