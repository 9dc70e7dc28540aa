// Holds documents to what is true, or renews them:
//   docs check|update --root REPOSITORY --build FOLDER --scratch FOLDER DOCUMENT.md…
//
// A block of C++, C or CMake is a region of a compiled file:        <!-- region FILE [NAME] -->
// or is found in an emitted one, where a line … stands for any:     <!-- in FILE -->
// A console block is run, in one folder per document; one that is to fail:  <!-- exit 2 -->
// Made are the table of layers, from their files, between <!-- layers --> and <!-- /layers -->, and
// those of techniques, from docs/techniques, between <!-- techniques --> and <!-- /techniques -->.
// Other fenced languages ("text") are not looked at.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "console.hpp"
#include "layers.hpp"
#include "markdown.hpp"
#include "regions.hpp"
#include "techniques.hpp"

namespace {

using namespace docs;
using text = std::vector<std::string>;

struct options {
  bool update = false;
  std::string root, build, scratch;
  text documents;
};

std::string joined(const text& lines) {
  std::string all;
  for (const std::string& line : lines) all += "    " + line + "\n";
  return all;
}

[[noreturn]] void wrong(const document& d, const block& b, const std::string& what) {
  throw std::runtime_error(d.path + ":" + std::to_string(b.line) + ": " + what);
}

text checked_region(const options& o, const document& d, const block& b) {
  if (b.mark.size() == 2 && b.mark[0] == "in") {
    text around{"…"};
    around.insert(around.end(), b.lines.begin(), b.lines.end());
    around.push_back("…");
    if (!agrees(around, read_lines(o.root + "/" + b.mark[1])))
      wrong(d, b, "these lines are not in " + b.mark[1] + " any more; copy what is");
    return b.lines;
  }
  if (b.mark.size() < 2 || b.mark[0] != "region")
    wrong(d, b, "code without `<!-- region FILE [NAME] -->` above it: it may not be true");
  text now = region(o.root + "/" + b.mark[1], b.mark.size() > 2 ? b.mark[2] : "");
  if (!o.update && now != b.lines)
    wrong(d, b, "differs from " + b.mark[1] + ", which has:\n" + joined(now));
  return now;
}

// What is shown stays where it is right, holes included.
text checked_console(const options& o, const document& d, const block& b, std::string& folder) {
  const int status = b.mark.size() == 2 && b.mark[0] == "exit" ? std::stoi(b.mark[1]) : 0;
  text now;
  for (const exchange& e : exchanges(b.lines)) {
    std::printf("+ %s\n", e.command.c_str());
    std::fflush(stdout);
    const reply r = run(e.command, folder);
    now.insert(now.end(), e.shown.begin(), e.shown.end());
    const bool right = agrees(e.expected, r.lines);
    now.insert(now.end(), right ? e.expected.begin() : r.lines.begin(),
               right ? e.expected.end() : r.lines.end());
    if (r.status != status)
      wrong(d, b,
            "`" + e.command + "` ended with " + std::to_string(r.status) + ", not " +
                std::to_string(status) + ", and said:\n" + joined(r.lines));
    if (!right && !o.update)
      wrong(d, b, "`" + e.command + "` said something else:\n" + joined(r.lines));
  }
  return now;
}

// The lines between <!-- NAME --> and <!-- /NAME -->, where a document has these marks.
void check_made(const options& o, document& d, const std::string& name,
                const std::function<text()>& make) {
  const auto from = std::find(d.lines.begin(), d.lines.end(), "<!-- " + name + " -->");
  const auto to = std::find(from, d.lines.end(), "<!-- /" + name + " -->");
  if (from == d.lines.end() || to == d.lines.end()) return;
  const text now = make();
  if (!o.update && text(from + 1, to) != now)
    throw std::runtime_error(d.path + ": what stands between <!-- " + name +
                             " --> is not what its sources say; renew it (update-docs)");
  d.lines.insert(d.lines.erase(from + 1, to), now.begin(), now.end());
}

// As `ctest -N` lists them: "  Test #12: name".
text tests_of(const std::string& build) {
  std::string folder = build;
  text names;
  for (const std::string& line : run("ctest -N", folder).lines) {
    const std::size_t number = line.find("Test "), colon = line.find(": ");
    if (number != std::string::npos && colon != std::string::npos &&
        line.find('#') != std::string::npos)
      names.push_back(line.substr(colon + 2));
  }
  return names;
}

void check(const options& o, const std::string& path) {
  namespace fs = std::filesystem;
  document d = read(path);
  std::string folder = o.scratch + "/" + fs::path(path).stem().string();
  fs::remove_all(folder);
  fs::create_directories(folder);
  std::vector<text> inside;
  for (const block& b : d.blocks) {
    if (b.language == "cpp" || b.language == "c" || b.language == "cmake")
      inside.push_back(checked_region(o, d, b));
    else if (b.language == "console")
      inside.push_back(checked_console(o, d, b, folder));
    else
      inside.push_back(b.lines);
  }
  replace(d, inside);
  check_made(o, d, "layers", [&] { return layer_table(o.root + "/dsl/layers"); });
  check_made(o, d, "techniques", [&] { return technique_tables(o.root, tests_of(o.build)); });
  if (o.update) write_lines(path, d.lines);
}

options parsed(int argc, char** argv) {
  options o;
  const text words(argv + 1, argv + argc);
  if (words.size() < 8 || words[1] != "--root" || words[3] != "--build" ||
      words[5] != "--scratch" || (words[0] != "check" && words[0] != "update"))
    throw std::runtime_error(
        "docs check|update --root REPOSITORY --build FOLDER --scratch FOLDER DOCUMENT.md…");
  o.update = words[0] == "update";
  o.root = words[2];
  o.build = words[4];
  o.scratch = words[6];
  o.documents.assign(words.begin() + 7, words.end());
  return o;
}

}  // namespace

int main(int argc, char** argv) try {
  const options o = parsed(argc, argv);
  for (const std::string& path : o.documents) check(o, path);
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "docs: error: %s\n", e.what());
  return 1;
}
