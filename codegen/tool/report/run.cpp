#include <fmt/format.h>

#include <sstream>

#include "codegen/tool/failure.hpp"
#include "codegen/tool/files.hpp"
#include "codegen/tool/report/markup.hpp"
#include "codegen/tool/report/sections.hpp"

namespace tenon::tool {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream in(line);
  for (std::string word; std::getline(in, word, ',');) words.push_back(word);
  return words;
}

}  // namespace

std::string run_section(const fs::path& folder) {
  const fs::path metrics = folder / "metrics.csv", curves = folder / "curves.svg";
  if (!fs::exists(metrics)) {
    throw failure(
        fmt::format("--run {}: holds no metrics.csv, so no training wrote to it; give the folder "
                    "that --output of `train` named",
                    folder.string()));
  }
  std::istringstream lines(read_file(metrics));
  std::string head, line, last;
  std::getline(lines, head);
  while (std::getline(lines, line)) {
    if (!line.empty()) last = line;
  }
  const std::vector<std::string> heads = cells(head), values = cells(last);
  if (values.empty() || values.size() != heads.size()) {
    throw failure(fmt::format("{}: holds no whole epoch; train on, then report", metrics.string()));
  }
  std::string text = fmt::format("<h2>Run: {}</h2>\n<p>The last epoch:</p>\n",
                                 escaped(folder.filename().string()));
  text += table(std::string(heads.size(), 'r'), heads, {values});
  if (fs::exists(curves)) text += "<div class=\"curves\">\n" + read_file(curves) + "</div>\n";
  return text;
}

}  // namespace tenon::tool
