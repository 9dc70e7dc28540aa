#include "techniques.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace docs {
namespace {

using nlohmann::json;
using lines = std::vector<std::string>;
constexpr const char* only_documentation = "none: documentation";

std::string content_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error(path.string() + ": cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

json parsed(const std::filesystem::path& path) {
  try {
    return json::parse(content_of(path));
  } catch (const json::exception& e) {
    throw std::runtime_error(path.string() + ": " + e.what());
  }
}

// "98a" stands in row 98.
struct technique {
  int row;
  std::string label, from;  // file
  json about;

  std::string operator[](const char* field) const {
    if (!about.contains(field) || !about.at(field).is_string())
      throw std::runtime_error(from + ": row " + label + " has no text `" + field + "`");
    return about.at(field);
  }
  lines tests() const {
    if (!about.contains("test") || !about.at("test").is_array() || about.at("test").empty())
      throw std::runtime_error(from + ": row " + label + " names no test");
    return about.at("test");
  }
};

std::vector<technique> read_techniques(const std::string& folder) {
  std::vector<technique> all;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string from = entry.path().string();
    if (entry.path().extension() != ".json" || entry.path().stem() == "groups") continue;
    for (const json& about : parsed(entry.path())) {
      technique t{0, "", from, about};
      t.label = t["row"];
      t.row = std::stoi(t.label);
      all.push_back(t);
    }
  }
  std::sort(all.begin(), all.end(), [](const technique& a, const technique& b) {
    return std::pair(a.row, a.label) < std::pair(b.row, b.label);
  });
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].label == all[i - 1].label)
      throw std::runtime_error("row " + all[i].label + " stands in " + all[i - 1].from +
                               " and in " + all[i].from);
  }
  return all;
}

// The source with string literals that were broken in two joined again, and no space after "(".
const std::string& joined_source(const std::string& path) {
  static std::map<std::string, std::string> known;
  const auto [at, is_new] = known.try_emplace(path);
  if (!is_new) return at->second;
  std::string& text = at->second;
  for (const char c : content_of(path)) {
    const std::size_t last = c == '"' ? text.find_last_not_of(" \n") : std::string::npos;
    const bool broken = last != std::string::npos && text[last] == '"' && last + 1 < text.size();
    if (broken || (last != std::string::npos && text[last] == '(')) text.erase(last + !broken);
    if (!broken) text += c;
  }
  return text;
}

void require_test(const technique& t, const std::string& test, const std::string& root,
                  const lines& ctest_names) {
  const auto missing = [&](const std::string& what) {
    throw std::runtime_error(t.from + ": row " + t.label + ": " + what);
  };
  const std::size_t colon = test.find(": ");
  if (colon == std::string::npos) missing("no `FILE: CASE` or `ctest: NAME`: " + test);
  const std::string where = test.substr(0, colon), name = test.substr(colon + 2);
  if (where == "ctest") {
    if (std::find(ctest_names.begin(), ctest_names.end(), name) == ctest_names.end())
      missing("no test is called " + name);
  } else if (joined_source(root + "/" + where).find("(\"" + name + "\"") == std::string::npos) {
    missing(where + " has no TEST_CASE(\"" + name + "\")");
  }
}

std::string in_a_cell(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
    text.replace(at, 1, "\\|");
  return text;
}

std::string cell_of_tests(const technique& t, bool may_have_none, const std::string& root,
                          const lines& ctest_names) {
  std::string cell;
  for (const std::string& test : t.tests()) {
    if (test == only_documentation && may_have_none) return "–";
    require_test(t, test, root, ctest_names);
    const std::size_t colon = test.find(": ");
    const std::string where = test.substr(0, colon), name = in_a_cell(test.substr(colon + 2));
    cell += cell.empty() ? "" : "<br>";
    cell += where == "ctest" ? "`ctest -R " + name + "`" : "[" + name + "](../" + where + ")";
  }
  return cell;
}

}  // namespace

lines technique_tables(const std::string& root, const lines& ctest_names) {
  const std::string folder = root + "/docs/techniques";
  const std::vector<technique> all = read_techniques(folder);
  lines page;
  for (const json& group : parsed(folder + "/groups.json")) {
    page.push_back("## " + group.at("title").get<std::string>());
    page.push_back("| | technique | how to use it | formula | source | shown by |");
    page.push_back("| --- | --- | --- | --- | --- | --- |");
    for (int row = group.at("rows")[0]; row <= group.at("rows")[1]; ++row) {
      const json& documentation = group.at("documentation");
      const bool may_have_none =
          std::find(documentation.begin(), documentation.end(), row) != documentation.end();
      bool described = false;
      for (const technique& t : all) {
        if (t.row != row) continue;
        described = true;
        page.push_back("| " + t.label + " | " + in_a_cell(t["technique"]) + " | " +
                       in_a_cell(t["use"]) + " | " + in_a_cell(t["formula"]) + " | " +
                       in_a_cell(t["source"]) + " | " +
                       cell_of_tests(t, may_have_none, root, ctest_names) + " |");
      }
      if (!described)
        throw std::runtime_error(folder + ": nobody describes row " + std::to_string(row));
    }
    page.push_back("");
  }
  if (!page.empty()) page.pop_back();
  return page;
}

}  // namespace docs
